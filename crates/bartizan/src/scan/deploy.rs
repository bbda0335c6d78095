//! The checks whose findings carry edits, by the configuration: of source code, and of what is built, deployed and run by the platform.

use super::Done;
use crate::commands::tenant::declared;
use crate::error::Error;
use bartizan_code::ci::CiCheck;
use bartizan_code::sast::{CodeCheck, OwnCode};
use bartizan_deploy::pod_security::Standard;
use bartizan_deploy::{
    ComposeCheck, DockerfileCheck, KubernetesCheck, Options, RbacCheck, TenancyCheck, TerraformCheck, tenancy,
};
use bartizan_engine::Check;
use bartizan_engine::config::Config;
use bartizan_engine::rule::Enabled;

/// Whether the verdict depends on them: what cannot be read leaves open what is deployed, and the answer is then Unknown.
const REQUIRED: bool = true;

/// The checks whose findings carry edits, as they were in a scan, for files one by one.
pub(crate) fn editors(done: &Done) -> Result<Vec<Box<dyn Check>>, Error> {
    let seen = Seen {
        complete: false,
        recorded: false,
    };
    let mut checks = checks(&done.config, &done.enabled, seen)?;
    checks.push(ci(done.enabled.clone()));
    checks.extend(source_code(&done.config, done.analysis.clone(), &done.known));
    Ok(checks)
}

/// The check of source code by the rules that are in force; none where none is.
pub(super) fn source_code(
    config: &Config,
    enabled: Option<Enabled>,
    known: &OwnCode,
) -> Option<Box<dyn Check>> {
    let check = CodeCheck::new(enabled?, known.clone(), config.flag("code.require-reading"));
    Some(Box::new(if config.flag("code.tests") {
        check.with_tests()
    } else {
        check
    }))
}

/// The check of workflows and pipelines.
pub(super) fn ci(enabled: Enabled) -> Box<dyn Check> {
    Box::new(CiCheck::new(enabled, REQUIRED))
}

/// What of a target is looked at.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// Whether every file of it is.
    pub(super) complete: bool,
    /// Whether manifests are lists of a cluster.
    pub(super) recorded: bool,
}

/// The checks of manifests, Dockerfiles, Compose files and of configurations of Terraform.
pub(super) fn checks(
    config: &Config,
    enabled: &Enabled,
    Seen { complete, recorded }: Seen,
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
        enabled: enabled.clone(),
        required: REQUIRED,
        partial: !complete,
        recorded,
    });
    let terraform = TerraformCheck::new(enabled.clone(), REQUIRED);
    let rbac = RbacCheck::new(enabled.clone(), complete, REQUIRED);
    let tenancy = TenancyCheck::new(tenancy::Options {
        declared: declared(config)?,
        enabled: enabled.clone(),
        required: REQUIRED,
    });
    let dockerfile = DockerfileCheck::new(enabled.clone(), complete, REQUIRED);
    let compose = ComposeCheck::new(enabled.clone(), REQUIRED);
    Ok(vec![
        Box::new(compose),
        Box::new(dockerfile),
        Box::new(kubernetes),
        Box::new(rbac),
        Box::new(tenancy),
        Box::new(terraform),
    ])
}
