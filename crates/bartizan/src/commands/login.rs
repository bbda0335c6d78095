//! `bartizan login`: remember a control plane.

use crate::args::{Common, LoginArgs};
use crate::error::{Error, Outcome};
use crate::plane::{self, Access, Plane};
use crate::scan::{Place, common_flags, load_config};
use crate::terminal::Terminal;
use crate::{output, place};
use serde::Deserialize;
use std::io::Read;

/// Bytes of a token at most.
const LONGEST: u64 = 4_096;

/// Who we are there.
#[derive(Deserialize)]
struct Me {
    login: String,
    tenant: String,
    role: String,
}

/// Asks whether the token lets us in, and remembers it.
pub(crate) fn run(common: &Common, args: &LoginArgs, terminal: Terminal) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    let mut token = String::new();
    match &args.token_file {
        Some(file) => {
            token = std::fs::read_to_string(file).map_err(|error| Error::reading(file, &error))?;
        }
        None => {
            terminal.note("paste a token of the console (Set-up, Tokens) and press Enter, then Ctrl-D");
            std::io::stdin()
                .take(LONGEST)
                .read_to_string(&mut token)
                .map_err(|error| Error::reading(std::path::Path::new("-"), &error))?;
        }
    }
    let access = Access {
        url: args.url.trim_end_matches('/').to_owned(),
        token: token.trim().to_owned(),
        ca: args.ca.as_ref().map(std::path::absolute).transpose()?,
    };
    if access.token.is_empty() {
        return Err(Error::usage(
            "no token was given",
            "make one in the console under Set-up, and give it on standard input or with --token-file",
        ));
    }
    let text = serde_json::to_string(&access).unwrap_or_default();
    let plane = Plane::with(common, &config, access);
    let me: Me = plane.get("/api/v1/me")?;
    let path = plane::file(&config)?;
    output::write_private(&path, text.as_bytes())?;
    terminal.note(format!(
        "{} is {} of tenant {} at {}",
        me.login,
        me.role,
        me.tenant,
        plane.address()
    ));
    Ok(0)
}
