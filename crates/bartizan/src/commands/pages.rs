//! `bartizan completions` and `bartizan man`: what is made from the definition of the command line.

use crate::args::{Cli, ManArgs};
use crate::error::{Error, Outcome};
use crate::output::{print, write_file};
use crate::table::counted;
use crate::terminal::Terminal;
use clap::CommandFactory;

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "bartizan", &mut script);
    print(script)?;
    Ok(0)
}

/// Prints the main page, or writes every page to a directory.
pub(crate) fn man(args: &ManArgs, terminal: Terminal) -> Outcome {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(directory) = &args.output else {
        print(page(&command, "bartizan")?)?;
        return Ok(0);
    };
    std::fs::create_dir_all(directory).map_err(|error| Error::writing(directory, &error))?;
    let mut pages = Vec::new();
    gather(&command, "bartizan".to_owned(), &mut pages)?;
    for (name, roff) in &pages {
        write_file(&directory.join(format!("{name}.1")), roff)?;
    }
    terminal.note(format_args!(
        "wrote {} to {}",
        counted(pages.len(), "page"),
        directory.display()
    ));
    Ok(0)
}

fn gather(command: &clap::Command, name: String, pages: &mut Vec<(String, Vec<u8>)>) -> Result<(), Error> {
    pages.push((name.clone(), page(command, &name)?));
    for verb in command.get_subcommands() {
        gather(verb, format!("{name}-{}", verb.get_name()), pages)?;
    }
    Ok(())
}

fn page(command: &clap::Command, name: &str) -> Result<Vec<u8>, Error> {
    let mut roff = Vec::new();
    clap_mangen::Man::new(
        command
            .clone()
            .name(name.to_owned())
            .display_name(name.to_owned()),
    )
    .title(name.to_uppercase())
    .manual("Bartizan")
    .render(&mut roff)?;
    Ok(roff)
}
