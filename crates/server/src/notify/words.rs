//! What people are told, in words: one line, and the rest below it.

use super::channel::Event;
use super::notice::{Notice, Payload, Summary};

/// Letters of a headline.
const HEADLINE: usize = 160;

/// A text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// In one line.
    pub(super) headline: String,
    /// The rest, line by line.
    pub(super) lines: Vec<String>,
    /// Where people see it.
    pub(super) link: Option<String>,
}

impl Words {
    pub(super) fn of(payload: &Payload) -> Self {
        match payload {
            Payload::Notice(notice) => of_notice(notice),
            Payload::Summary(summary) => of_summary(summary),
            Payload::Test { by } => Self {
                headline: "Bartizan reaches you here".to_owned(),
                lines: vec![format!(
                    "{by} tried whether messages of this channel arrive. They do."
                )],
                link: None,
            },
            Payload::IssueOpen | Payload::IssueClose => Self {
                headline: String::new(),
                lines: Vec::new(),
                link: None,
            },
        }
    }

    /// All of it as plain text.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![self.headline.clone(), String::new()];
        lines.extend(self.lines.iter().cloned());
        lines.extend(self.link.iter().map(|link| format!("\n{link}")));
        lines.join("\n") + "\n"
    }
}

/// One line without what would break it.
pub(super) fn one_line(text: &str, longest: usize) -> String {
    let mut line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(longest)
        .collect();
    if text.chars().nth(longest).is_some() {
        line.push('…');
    }
    line
}

fn say(event: Event) -> &'static str {
    match event {
        Event::Breach => "Overdue",
        Event::BreachSoon => "Due soon",
        Event::NewCritical => "New and critical",
        Event::WaiverEnding => "A waiver ends",
    }
}

fn of_notice(notice: &Notice) -> Words {
    let about = &notice.finding;
    let mut lines = vec![
        format!(
            "{} ({}, act: {})",
            one_line(&about.message, 500),
            about.severity,
            about.decision
        ),
        format!("Where: {} {}", about.asset, about.place),
        format!("Rule: {}", about.rule),
    ];
    if let Some(due) = &about.due {
        lines.push(format!("Due: {due}; open since {}", about.opened));
    }
    if let Some(waiver) = &notice.waiver {
        let owner = waiver.owner.as_deref().unwrap_or("nobody");
        lines.push(format!(
            "Waived until {} by {owner}: {}",
            waiver.until,
            one_line(&waiver.reason, 300)
        ));
    }
    lines.push(format!("What to do: {}", one_line(&notice.fix.what, 500)));
    lines.push(format!("Owner: {}", about.owner.as_deref().unwrap_or("nobody")));
    let headline = format!("{}: {} in {}", say(notice.event), about.title, about.asset);
    Words {
        headline: one_line(&headline, HEADLINE),
        lines,
        link: about.link.clone(),
    }
}

fn of_summary(summary: &Summary) -> Words {
    let mut lines = Vec::new();
    for (event, severities) in &summary.events {
        let counts: Vec<String> = ["critical", "high", "medium", "low", "info"]
            .iter()
            .filter_map(|severity| {
                let count = severities.get(*severity)?;
                Some(format!("{count} {severity}"))
            })
            .collect();
        lines.push(format!("{}: {}", say(*event), counts.join(", ")));
    }
    lines.push(String::new());
    for notice in &summary.first {
        lines.push(format!("- {}", of_notice(notice).headline));
    }
    let more = summary.total.saturating_sub(summary.first.len() as u64);
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    Words {
        headline: format!(
            "{} more notices of {}",
            summary.total,
            one_line(&summary.tenant, 80)
        ),
        lines,
        link: summary
            .first
            .first()
            .and_then(|notice| notice.finding.link.as_deref())
            .and_then(|link| link.split_once("/#/"))
            .map(|(console, _)| format!("{console}/#/priorities")),
    }
}
