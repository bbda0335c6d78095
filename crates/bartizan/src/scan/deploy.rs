//! The checks of what is deployed, by the configuration.

use super::rules::Selection;
use crate::error::Error;
use bartizan_deploy::pod_security::Standard;
use bartizan_deploy::{KubernetesCheck, Options, RbacCheck, TerraformCheck};
use bartizan_engine::Check;
use bartizan_engine::config::Config;

/// Whether the verdict depends on them: what cannot be read leaves open what is deployed, and the answer is then Unknown.
const REQUIRED: bool = true;

/// The checks of manifests and of configurations of Terraform.
pub(super) fn checks(config: &Config, selection: &Selection) -> Result<Vec<Box<dyn Check>>, Error> {
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
    let kubernetes = KubernetesCheck::new(Options {
        standard,
        enabled: selection.enabled(),
        required: REQUIRED,
    });
    let terraform = TerraformCheck::new(selection.enabled(), REQUIRED);
    let rbac = RbacCheck::new(selection.enabled(), REQUIRED);
    Ok(vec![Box::new(kubernetes), Box::new(terraform), Box::new(rbac)])
}
