//! The checks of what is built, deployed and run by the platform, by the configuration.

use super::rules::Selection;
use crate::error::Error;
use bartizan_code::ci::CiCheck;
use bartizan_deploy::pod_security::Standard;
use bartizan_deploy::{ComposeCheck, DockerfileCheck, KubernetesCheck, Options, RbacCheck, TerraformCheck};
use bartizan_engine::Check;
use bartizan_engine::config::Config;

/// Whether the verdict depends on them: what cannot be read leaves open what is deployed, and the answer is then Unknown.
const REQUIRED: bool = true;

/// The check of workflows and pipelines.
pub(super) fn ci(selection: &Selection) -> Box<dyn Check> {
    Box::new(CiCheck::new(selection.enabled(), REQUIRED))
}

/// The checks of manifests, Dockerfiles, Compose files and of configurations of Terraform. `complete`: whether every file of the target
/// is looked at.
pub(super) fn checks(
    config: &Config,
    selection: &Selection,
    complete: bool,
) -> Result<Vec<Box<dyn Check>>, Error> {
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
        partial: !complete,
    });
    let terraform = TerraformCheck::new(selection.enabled(), REQUIRED);
    let rbac = RbacCheck::new(selection.enabled(), complete, REQUIRED);
    let dockerfile = DockerfileCheck::new(selection.enabled(), complete, REQUIRED);
    let compose = ComposeCheck::new(selection.enabled(), REQUIRED);
    Ok(vec![
        Box::new(compose),
        Box::new(dockerfile),
        Box::new(kubernetes),
        Box::new(rbac),
        Box::new(terraform),
    ])
}
