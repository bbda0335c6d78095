//! `bartizan explain`: the manual, by the name of whatever is to be explained.

mod control;
mod found;
mod text;

use crate::args::Common;
use crate::error::{Error, Outcome};
use crate::output::print;
use crate::place;
use crate::practices::{self, ANSWERS};
use crate::scan::{Loaded, Place, common_flags, load_config, load_rules};
use crate::terminal::Terminal;
use bartizan_engine::suggest::did_you_mean;
use bartizan_engine::system::Machine;
use bartizan_model::RuleInfo;
use text::Page;

/// Prints what is known of `id`.
pub(crate) fn run(common: &Common, id: &str, terminal: Terminal) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let place = Place { current, start };
    let config = load_config(common, &place, common_flags(common))?;
    let terminal = terminal.with_setting(config.text("output.color"));
    let mut page = Page::new(terminal);
    let loaded = load_rules(&Machine, &config.paths("rules.files"), terminal)?;
    if crate::kept::is_fingerprint(id) {
        found::finding(id, &config, loaded, &mut page)?;
    } else if let Some((path, line)) = id
        .rsplit_once(':')
        .and_then(|(path, line)| Some((path, line.parse::<u32>().ok()?)))
    {
        found::waiver(path, line, &place, &mut page)?;
    } else {
        let own = if id.starts_with("deploy/policy/") {
            crate::policies::load(&Machine, &config.paths("deploy.policies"))?.rules()
        } else {
            Vec::new()
        };
        by_name(id, loaded, own, &mut page)?;
    }
    print(page.finish())?;
    Ok(0)
}

fn by_name(id: &str, loaded: Loaded, own: Vec<RuleInfo>, page: &mut Page) -> Result<(), Error> {
    let word = id.to_lowercase();
    if let Some((_, title, means)) = ANSWERS
        .iter()
        .find(|(names, _, _)| names.contains(&word.as_str()))
    {
        page.title(title);
        page.markdown(means);
        return Ok(());
    }
    if let Some(weakness) = practices::weakness(id) {
        page.title(&format!("{}: {}", weakness.id, weakness.name));
        page.markdown(weakness.means);
        behind(weakness.practices.iter().copied(), page);
        page.heading("References");
        let number = weakness.id.trim_start_matches("CWE-");
        page.markdown(&format!("- https://cwe.mitre.org/data/definitions/{number}.html"));
        return Ok(());
    }
    let mut manuals = super::rules::manuals(&loaded);
    manuals.extend(own);
    if id.contains(':') && control::named(id, page) {
        return Ok(());
    }
    let controls: Vec<_> = practices::all()
        .filter(|practice| is_named(practice, &word))
        .collect();
    if !controls.is_empty() {
        for practice in controls {
            page.title(&format!(
                "{} {}",
                practices::name_of(practice.framework),
                practice.id
            ));
            page.markdown(practice.asks);
            let rules = manuals.iter().filter(|rule| breaks(rule, practice)).count();
            page.markdown(&format!("{rules} rules of this version look for what breaks it."));
        }
        return Ok(());
    }
    match manuals.iter().find(|rule| rule.id == id) {
        Some(rule) => self::rule(rule, page),
        None if control::named(id, page) => {}
        None => return Err(unknown(id, &manuals)),
    }
    Ok(())
}

fn is_named(practice: &practices::Practice, word: &str) -> bool {
    let id = practice.id.to_lowercase();
    let name = practices::name_of(practice.framework).to_lowercase();
    word == id
        || word == format!("{} {id}", practice.framework.to_lowercase())
        || word == format!("{name} {id}")
}

fn breaks(rule: &RuleInfo, practice: &practices::Practice) -> bool {
    rule.controls
        .iter()
        .any(|control| control.framework == practice.framework && control.id == practice.id)
}

fn unknown(id: &str, manuals: &[RuleInfo]) -> Error {
    let names = manuals
        .iter()
        .map(|rule| rule.id.as_str())
        .chain(ANSWERS.iter().flat_map(|(names, _, _)| names.iter().copied()))
        .chain(practices::weaknesses().map(|weakness| weakness.id))
        .chain(practices::all().map(|practice| practice.id));
    let help = control::meant(id)
        .or_else(|| did_you_mean(id, names))
        .unwrap_or_else(|| {
            "`bartizan rules list` shows every rule; fingerprints have 32 hexadecimal digits".to_owned()
        });
    Error::nothing(format!("nothing is known of `{id}`"), help)
}

/// The manual of a rule.
fn rule(rule: &RuleInfo, page: &mut Page) {
    page.title(&format!("{}: {}", rule.id, rule.title));
    let cwe = rule.cwe.join(", ");
    let separator = if cwe.is_empty() { "" } else { ", " };
    page.plain(&format!(
        "severity {}, confidence {}{separator}{cwe}",
        rule.severity, rule.confidence
    ));
    page.markdown(&rule.manual);
    let alerts = rule.id.starts_with("detect/");
    page.heading(if alerts {
        "What to do first"
    } else {
        "How to mend it"
    });
    page.markdown(&rule.remediation);
    let practices: Vec<_> = rule.cwe.iter().filter_map(|id| practices::weakness(id)).collect();
    for weakness in &practices {
        page.heading(&format!(
            "The weakness: {}, {}",
            weakness.id,
            weakness.name.to_lowercase()
        ));
        page.markdown(weakness.means);
    }
    let mut named: Vec<(&str, &str)> = practices
        .iter()
        .flat_map(|weakness| weakness.practices.iter().copied())
        .collect();
    named.extend(
        rule.controls
            .iter()
            .map(|control| (control.framework.as_str(), control.id.as_str())),
    );
    behind(named.into_iter(), page);
    control::behind(rule, page);
    if !rule.references.is_empty() {
        page.heading("References");
        let list: Vec<String> = rule
            .references
            .iter()
            .map(|address| format!("- {address}"))
            .collect();
        page.markdown(&list.join("\n"));
    }
    if alerts {
        page.heading("To change it");
        page.markdown(&format!(
            "In a file of one's own, with `bartizan agent --rules builtin --rules FILE`: `- rule: {}` with `enabled: false`, or with `exceptions` \
             and `override: {{exceptions: append}}`.",
            rule.id
        ));
    } else if !rule.id.starts_with("waiver/") {
        page.heading("To accept it for a while");
        let comment = concat!("bartizan", ": allow");
        page.markdown(&format!(
            "In a comment on its line, or alone on the line before: `{comment}[{}] until YYYY-MM-DD -- reason`. Or with \
             `bartizan waive add --rule {} --reason ... --until ...`.",
            rule.id, rule.id
        ));
    }
}

/// The secure-coding practices behind something, each once.
fn behind<'a>(named: impl Iterator<Item = (&'a str, &'a str)>, page: &mut Page) {
    let mut practices: Vec<_> = Vec::new();
    for (framework, id) in named {
        if let Some(practice) = practices::find(framework, id)
            && !practices
                .iter()
                .any(|known: &&practices::Practice| std::ptr::eq(*known, practice))
        {
            practices.push(practice);
        }
    }
    if practices.is_empty() {
        return;
    }
    page.heading("The secure-coding practice behind it");
    let list: Vec<String> = practices
        .iter()
        .map(|practice| {
            format!(
                "- {} {}: {}",
                practices::name_of(practice.framework),
                practice.id,
                practice.asks
            )
        })
        .collect();
    page.markdown(&list.join("\n"));
}
