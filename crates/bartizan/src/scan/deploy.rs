//! The checks of what is deployed, by the configuration.

use super::rules::Selection;
use crate::error::Error;
use bartizan_deploy::pod_security::Standard;
use bartizan_deploy::{KubernetesCheck, Options};
use bartizan_engine::Check;
use bartizan_engine::config::Config;

/// The check of manifests.
pub(super) fn check(config: &Config, selection: &Selection) -> Result<Box<dyn Check>, Error> {
    let key = "deploy.pod-security";
    let standard = match config.text(key) {
        "" => None,
        text => Some(text.parse::<Standard>().map_err(|error| {
            Error::usage(
                format!("{error} ({})", config.origin(key)),
                "for instance `--pod-security restricted` or `--pod-security baseline@v1.34`",
            )
        })?),
    };
    Ok(Box::new(KubernetesCheck::new(Options {
        standard,
        enabled: selection.enabled(),
        // Manifests that cannot be read leave open what is deployed: the answer is then Unknown.
        required: true,
    })))
}
