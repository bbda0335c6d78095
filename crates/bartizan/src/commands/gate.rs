//! `bartizan gate`: may this pass?

use crate::args::{Common, GateArgs, ScanArgs, SendArgs, Stage};
use crate::error::{Error, Outcome};
use crate::place;
use crate::terminal::Terminal;

/// Scans what the stage is about and answers.
pub(crate) fn run(common: &Common, args: GateArgs, terminal: Terminal) -> Outcome {
    let stage = args.stage;
    let is_build = stage == Stage::Build && !args.targets.is_empty();
    if stage != Stage::Commit && !(is_build && args.targets.iter().all(|target| place::is_built(target))) {
        return Err(Error::nothing(
            format!(
                "no check of the stage {} is part of this version for that",
                stage.as_str()
            ),
            "`bartizan gate --stage build oci:DIR` judges an image, `bartizan gate --stage commit git:BASE..HEAD` the commits \
             of a branch",
        ));
    }
    let mut scan = ScanArgs {
        targets: args.targets,
        select: args.select,
        judge: args.judge,
        output: args.output,
        send: SendArgs::default(),
    };
    if scan.targets.is_empty() {
        scan.targets.push(".".to_owned());
        scan.select.staged = scan.select.changed.is_none();
    }
    super::scan::judge(common, &scan, Some(stage), terminal)
}
