//! `bartizan config show`: every setting in force.

use crate::args::{Common, ConfigVerb};
use crate::error::Outcome;
use crate::output::print;
use crate::place;
use crate::scan::{Place, common_flags, load_config};
use bartizan_engine::config::Value;
use bartizan_source::http::Url;

/// Prints every setting as TOML, with where it comes from when that is asked.
pub(crate) fn run(common: &Common, verb: &ConfigVerb) -> Outcome {
    let ConfigVerb::Show { origin } = verb;
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    let mut text = String::new();
    let mut section = "";
    for (setting, value) in config.entries() {
        let (head, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if head != section {
            text.push_str(if section.is_empty() { "" } else { "\n" });
            text.push_str(&format!("[{head}]\n"));
            section = head;
        }
        let line = match value {
            Some((value, _)) => format!("{name} = {}", shown(value)),
            None => format!("# {name} is not set"),
        };
        match value.filter(|_| *origin) {
            Some((_, from)) => text.push_str(&format!("{line:50} # {from}\n")),
            None => text.push_str(&format!("{line}\n")),
        }
    }
    print(text)?;
    Ok(0)
}

/// The value; an address without user and query, which may hold a password.
fn shown(value: &Value) -> Value {
    match value {
        Value::Text(text) if text.contains("://") => {
            let url = Url::parse(text).map_or_else(|_| "no address".to_owned(), |url| url.to_string());
            Value::Text(url)
        }
        value => value.clone(),
    }
}
