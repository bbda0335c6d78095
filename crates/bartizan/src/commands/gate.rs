//! `bartizan gate`: may this pass?

use crate::args::{Common, GateArgs, ScanArgs, Stage};
use crate::error::{Error, Outcome};
use crate::terminal::Terminal;

/// Scans what the stage is about and answers.
pub(crate) fn run(common: &Common, args: GateArgs, terminal: Terminal) -> Outcome {
    let stage = args.stage;
    if stage != Stage::Commit {
        return Err(Error::nothing(
            format!("no check of the stage {} is part of this version", stage.as_str()),
            "`bartizan gate --stage commit git:BASE..HEAD` judges the commits of a branch by the checks there are",
        ));
    }
    let mut scan = ScanArgs {
        targets: args.targets,
        select: args.select,
        judge: args.judge,
        output: args.output,
    };
    if scan.targets.is_empty() {
        scan.targets.push(".".to_owned());
        scan.select.staged = scan.select.changed.is_none();
    }
    super::scan::judge(common, &scan, Some(stage), terminal)
}
