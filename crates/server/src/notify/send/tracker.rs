//! One issue for each fix, in whichever tracker.
//!
//! Which issue it is, is kept; where it is not known, because we died between making and keeping it, it is found again by a mark that stands
//! in it, so that there are never two. It is closed when nothing that the fix closes is open or waived, which only scans can say.

use super::{Failure, Letter, Outcome};
use crate::api::shown::{SEVERITIES, time, word};
use crate::notify::Notifier;
use crate::notify::channel::Target;
use crate::notify::deliver::Claimed;
use crate::notify::notice::Payload;
use crate::notify::words::one_line;
use bartizan_model::encoding::hex;
use bartizan_store::graph::{FindingFilter, FindingRow, Status};
use bartizan_store::notify::IssueRow;
use bartizan_store::{Session, Store, StoreError};
use sha2::{Digest, Sha256};

/// Findings that an issue lists.
const LISTED: i64 = 20;

/// An issue of a tracker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issue {
    /// What it is known by there.
    pub(super) number: String,
    /// Where people see it.
    pub(super) url: String,
}

/// What an issue says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// By what it is found again.
    pub(super) mark: String,
    pub(super) title: String,
    /// Lines of the text; those that begin with `- ` are a list.
    pub(super) lines: Vec<String>,
}

/// What every tracker can.
pub(super) trait Tracker {
    /// The issue with this mark.
    fn find(&self, mark: &str) -> Result<Option<Issue>, Failure>;
    /// A new issue.
    fn make(&self, draft: &Draft) -> Result<Issue, Failure>;
    /// Opens it again, and says why.
    fn reopen(&self, number: &str, why: &str) -> Outcome;
    /// Closes it, and says why.
    fn close(&self, number: &str, why: &str) -> Outcome;
}

/// What is known of the fix of a delivery.
struct Known {
    draft: Draft,
    issue: Option<IssueRow>,
    is_needed: bool,
    is_open: bool,
}

impl Notifier {
    /// Makes, opens or closes the issue of a fix.
    pub(in crate::notify) fn track(
        &self,
        store: &Store,
        letter: &Letter<'_>,
        claimed: &Claimed,
    ) -> Result<Outcome, StoreError> {
        let tracker: Box<dyn Tracker + '_> = match self.tracker(letter) {
            Ok(tracker) => tracker,
            Err(failure) => return Ok(Err(failure)),
        };
        if let Payload::Test { by } = letter.payload {
            let draft = Draft {
                mark: format!("{}-test", claimed.channel().uid),
                title: "Bartizan reaches you here".to_owned(),
                lines: vec![format!(
                    "{by} tried whether issues of this channel arrive. They do; close this one."
                )],
            };
            return Ok(once(tracker.as_ref(), &draft).map(|_| ()));
        }
        let Some(remedy) = claimed.remedy() else {
            return Ok(Err(Failure::last("the delivery names no fix")));
        };
        let known = store.read(claimed.tenant(), |session| self.known(session, claimed, remedy))?;
        let Some(known) = known else {
            return Ok(Err(Failure::last("the fix is no longer known")));
        };
        match letter.payload {
            // A later scan may have changed its mind.
            Payload::IssueClose if known.is_needed => Ok(Ok(())),
            Payload::IssueClose => Ok(known.issue.map_or(Ok(()), |issue| {
                tracker.close(
                    &issue.number,
                    &format!(
                        "Every finding that this fix closes is gone: a later scan says so ({}).",
                        time(letter.at)
                    ),
                )
            })),
            _ if !known.is_open => Ok(Ok(())),
            _ => match known.issue {
                Some(issue) => Ok(tracker.reopen(&issue.number, &known.draft.lines.join("\n"))),
                None => match once(tracker.as_ref(), &known.draft) {
                    Err(failure) => Ok(Err(failure)),
                    Ok(issue) => keep(store, claimed, remedy, issue).map(Ok),
                },
            },
        }
    }

    fn tracker<'l>(&'l self, letter: &Letter<'l>) -> Result<Box<dyn Tracker + 'l>, Failure> {
        let token = letter
            .secrets
            .token
            .as_deref()
            .ok_or_else(|| Failure::last("the channel has no token: say it again"))?;
        Ok(match letter.target {
            Target::Github { api, repository, .. } => {
                Box::new(super::github::Github::new(self, (api, repository), token)?)
            }
            Target::Gitlab { url, project, .. } => {
                Box::new(super::gitlab::Gitlab::new(self, (url, project), token)?)
            }
            Target::Jira {
                url,
                project,
                issue_type,
                user,
                ..
            } => Box::new(super::jira::Jira::new(
                self,
                (url, project, issue_type),
                (user.as_deref(), token),
            )?),
            _ => return Err(Failure::last("the channel is no tracker")),
        })
    }

    fn known(
        &self,
        session: &mut Session<'_>,
        claimed: &Claimed,
        remedy: i64,
    ) -> Result<Option<Known>, StoreError> {
        let Some(row) = session.remedy(remedy)? else {
            return Ok(None);
        };
        let Some(asset) = session.asset_by_id(row.asset)? else {
            return Ok(None);
        };
        let filter = FindingFilter {
            status: Status::Open,
            severity: 0,
            asset: None,
            rule: None,
            remedy: Some(remedy),
            about: None,
            due_before: None,
        };
        let findings = session.ranked_findings(&filter, None, LISTED)?;
        let owner = row.owner.as_deref().or(asset.owner.as_deref());
        let title = format!("{}: {}", asset.key, row.what);
        let mut lines = vec![
            format!("What to do: {}", one_line(&row.what, 1_000)),
            format!("Where: {}", asset.key),
            format!("Owner: {}", owner.unwrap_or("nobody")),
        ];
        lines.extend(row.totals.due.map(|due| format!("Due: {}", time(due))));
        lines.push(format!(
            "It closes {} findings of {}:",
            row.totals.findings,
            claimed.tenant_name()
        ));
        lines.extend(findings.iter().map(|finding| self.listed(finding)));
        Ok(Some(Known {
            draft: Draft {
                mark: mark_of(&claimed.channel().uid, &asset.key, &row.what),
                title: one_line(&title, 200),
                lines,
            },
            issue: session.issue(claimed.channel().id, remedy)?,
            is_needed: session.is_remedy_needed(remedy)?,
            is_open: !findings.is_empty(),
        }))
    }

    fn listed(&self, finding: &FindingRow) -> String {
        let link = self.link(&format!("finding/{}", finding.id)).unwrap_or_default();
        let text = format!(
            "- {}: {} ({}) {link}",
            word(&SEVERITIES, finding.severity),
            one_line(&finding.message, 300),
            finding.place
        );
        text.trim_end().to_owned()
    }
}

/// The issue with the mark of the draft, which is made where there is none.
fn once(tracker: &dyn Tracker, draft: &Draft) -> Result<Issue, Failure> {
    match tracker.find(&draft.mark)? {
        Some(issue) => Ok(issue),
        None => tracker.make(draft),
    }
}

fn keep(store: &Store, claimed: &Claimed, remedy: i64, issue: Issue) -> Result<(), StoreError> {
    let channel = claimed.channel();
    store.write(claimed.tenant(), |session| {
        // The channel may be gone, and its number given to another one.
        if session
            .channel(channel.id)?
            .is_none_or(|now| now.uid != channel.uid)
        {
            return Ok(());
        }
        session.set_issue(&IssueRow {
            channel: channel.id,
            remedy,
            number: issue.number.clone(),
            url: issue.url.clone(),
            is_open: true,
        })
    })
}

/// By what an issue is found again: the same for the same fix through the same channel, and for nothing else.
fn mark_of(uid: &str, asset: &str, what: &str) -> String {
    let digest = Sha256::digest(format!("{uid}\n{asset}\n{what}").as_bytes());
    hex(&digest).chars().take(24).collect::<String>()
}

/// Text in Markdown that shows what was found and does nothing: no mention, no reference, no markup.
pub(super) fn markdown(lines: &[String]) -> String {
    let plain = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            if r"\`*_{}[]<>#|~@!&".contains(letter) {
                out.push_str(&format!("&#{};", u32::from(letter)));
            } else {
                out.push(letter);
            }
        }
        out
    };
    let mut text = String::new();
    for line in lines {
        match line.strip_prefix("- ") {
            Some(item) => text.push_str(&format!("- {}\n", plain(item))),
            None => text.push_str(&format!("{}\n\n", plain(line))),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_names_nobody_and_leads_nowhere() {
        let text = markdown(&["ask @ada about [this](https://x) and #7 <img>".to_owned()]);
        assert_eq!(
            text,
            "ask &#64;ada about &#91;this&#93;(https://x) and &#35;7 &#60;img&#62;\n\n"
        );
    }
}
