//! Issues of Jira, Cloud and Data Center. <https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/>
//!
//! The mark is a label, which the search finds. Cloud searches under `search/jql`, Data Center under `search`. Closing takes whichever
//! transition of the workflow leads to a status of the category `done`.

use super::tracker::{Draft, Issue, Tracker};
use super::web::{Ask, base, read};
use super::{Failure, Outcome};
use crate::notify::Notifier;
use bartizan_source::http::{Fetched, Url, basic};
use serde::Deserialize;
use serde_json::json;

pub(super) struct Jira<'n> {
    notifier: &'n Notifier,
    url: Url,
    project: &'n str,
    issue_type: &'n str,
    authorization: String,
}

#[derive(Deserialize)]
struct Seen {
    key: String,
}

#[derive(Deserialize)]
struct Found {
    issues: Vec<Seen>,
}

#[derive(Deserialize)]
struct Transitions {
    transitions: Vec<Transition>,
}

#[derive(Deserialize)]
struct Transition {
    id: String,
    to: State,
}

#[derive(Deserialize)]
struct State {
    #[serde(rename = "statusCategory")]
    category: Category,
}

#[derive(Deserialize)]
struct Category {
    key: String,
}

#[derive(Deserialize)]
struct Detail {
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    status: State,
}

impl<'n> Jira<'n> {
    pub(super) fn new(
        notifier: &'n Notifier,
        (url, project, issue_type): (&str, &'n str, &'n str),
        (user, token): (Option<&str>, &str),
    ) -> Result<Self, Failure> {
        Ok(Self {
            notifier,
            url: base(url)?,
            project,
            issue_type,
            authorization: user.map_or_else(|| format!("Bearer {token}"), |user| basic(user, token)),
        })
    }

    fn ask(&self, url: &Url, ask: Ask<'_>) -> Result<Fetched, Failure> {
        let headers = [("accept", "application/json")];
        self.notifier.ask(url, (&headers, Some(&self.authorization)), ask)
    }

    fn at(&self, rest: &[&str]) -> Url {
        let segments: Vec<&str> = ["rest", "api", "2"]
            .into_iter()
            .chain(rest.iter().copied())
            .collect();
        self.url.below(&segments)
    }

    fn seen(&self, seen: Seen) -> Issue {
        Issue {
            url: self.url.below(&["browse", &seen.key]).request_target(),
            number: seen.key,
        }
    }

    /// Brings an issue to a status that is done, or to one that is not, and says why.
    fn bring(&self, key: &str, done: bool, why: &str) -> Outcome {
        let is_right = |state: &State| (state.category.key == "done") == done;
        let detail: Detail = read(&self.ask(
            &self.at(&["issue", key]).with_query(&[("fields", "status")]),
            Ask::Get,
        )?)?;
        if !is_right(&detail.fields.status) {
            let url = self.at(&["issue", key, "transitions"]);
            let all: Transitions = read(&self.ask(&url, Ask::Get)?)?;
            let Some(chosen) = all
                .transitions
                .into_iter()
                .find(|transition| is_right(&transition.to))
            else {
                let to = if done {
                    "a status that is done"
                } else {
                    "a status that is not done"
                };
                return Err(Failure::last(format!(
                    "no transition of {key} leads to {to}: change it by hand"
                )));
            };
            self.ask(&url, Ask::Post(&json!({ "transition": { "id": chosen.id } })))?;
        }
        let comment = json!({ "body": plain(why) });
        self.ask(&self.at(&["issue", key, "comment"]), Ask::Post(&comment))
            .map(|_| ())
    }
}

/// Text that the markup of Jira does nothing to.
fn plain(text: &str) -> String {
    format!(
        "{{noformat}}\n{}\n{{noformat}}",
        text.replace("{noformat}", "(noformat)")
    )
}

fn label(mark: &str) -> String {
    format!("bartizan-{mark}")
}

impl Tracker for Jira<'_> {
    fn find(&self, mark: &str) -> Result<Option<Issue>, Failure> {
        let query = format!("project = \"{}\" AND labels = \"{}\"", self.project, label(mark));
        let pairs = [("jql", query.as_str()), ("fields", "status"), ("maxResults", "1")];
        let answer = match self.ask(&self.at(&["search", "jql"]).with_query(&pairs), Ask::Get) {
            // Data Center knows the other one only.
            Err(failure) if failure.status == Some(404) => {
                self.ask(&self.at(&["search"]).with_query(&pairs), Ask::Get)?
            }
            other => other?,
        };
        let found: Found = read(&answer)?;
        Ok(found.issues.into_iter().next().map(|seen| self.seen(seen)))
    }

    fn make(&self, draft: &Draft) -> Result<Issue, Failure> {
        let body = json!({ "fields": {
            "project": { "key": self.project },
            "issuetype": { "name": self.issue_type },
            "summary": draft.title,
            "description": plain(&draft.lines.join("\n")),
            "labels": ["bartizan", label(&draft.mark)],
        } });
        let made: Seen = read(&self.ask(&self.at(&["issue"]), Ask::Post(&body))?)?;
        Ok(self.seen(made))
    }

    fn reopen(&self, number: &str, why: &str) -> Outcome {
        self.bring(number, false, why)
    }

    fn close(&self, number: &str, why: &str) -> Outcome {
        self.bring(number, true, why)
    }
}
