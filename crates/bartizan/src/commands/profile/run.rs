//! `bartizan profile run`: starts a command that can open no file and no TCP port but those of its profile (Landlock).

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use bartizan_profile::render::{self, Right};
use bartizan_sensor::restrain::{Restrain, Restraint, Rights};

use crate::args::{Common, RunArgs};
use crate::error::{Error, Outcome};
use crate::profiles;
use crate::terminal::Terminal;

pub(super) fn run(common: &Common, args: &RunArgs, terminal: Terminal) -> Outcome {
    let profile = profiles::existing(common, &args.which)?;
    let learned = profile.command.as_ref().map(|command| command.arguments.clone());
    let command = if args.command.is_empty() {
        learned.unwrap_or_default()
    } else {
        args.command.clone()
    };
    let [program, arguments @ ..] = command.as_slice() else {
        return Err(Error::usage(
            "the command that was learned is not known",
            "write the command behind --",
        ));
    };
    let rules = render::landlock(&profile);
    let refused = |error: bartizan_sensor::Error| Error::usage(error.to_string(), error.help());
    let mut restrain = Restrain::start().map_err(refused)?;
    for (path, rights) in &rules.paths {
        let has = |right| rights.contains(&right);
        let rights = Rights {
            read_file: has(Right::ReadFile),
            read_directory: has(Right::ReadDirectory),
            write_file: has(Right::WriteFile),
            change: has(Right::Change),
            execute: has(Right::Execute),
        };
        // What is not there now needs no rule; what is made later lies below a directory that is.
        (restrain, _) = restrain.path(Path::new(path), rights).map_err(refused)?;
    }
    let restrain = restrain.ports(&rules.connect, &rules.bind).map_err(refused)?;
    match restrain.now().map_err(refused)? {
        Restraint::Whole => {}
        Restraint::Part => {
            terminal.warn("this kernel's Landlock is older: a part of the rules is not enforced")
        }
        Restraint::None => {
            return Err(Error::usage(
                "this kernel has no Landlock, so that nothing would be refused",
                "boot it with `landlock` among lsm=, or use the other policies of the profile",
            ));
        }
    }
    let error = Command::new(program).args(arguments).exec();
    Err(Error::usage(
        format!("`{program}` cannot be started: {}", crate::error::plain(&error)),
        "learn it as it is started here: what was not seen is refused",
    ))
}
