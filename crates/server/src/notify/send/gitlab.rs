//! Issues of GitLab, which are confidential: members of the project alone see them. <https://docs.gitlab.com/api/issues/>,
//! notes <https://docs.gitlab.com/api/notes/>

use super::tracker::{Draft, Issue, Tracker, markdown};
use super::web::{Ask, base, read};
use super::{Failure, Outcome};
use crate::notify::Notifier;
use bartizan_source::http::{Fetched, Url};
use serde::Deserialize;
use serde_json::json;

pub(super) struct Gitlab<'n> {
    notifier: &'n Notifier,
    url: Url,
    project: &'n str,
    token: &'n str,
}

#[derive(Deserialize)]
struct Seen {
    iid: u64,
    web_url: String,
    #[serde(default)]
    description: Option<String>,
}

impl From<Seen> for Issue {
    fn from(seen: Seen) -> Self {
        Self {
            number: seen.iid.to_string(),
            url: seen.web_url,
        }
    }
}

impl<'n> Gitlab<'n> {
    pub(super) fn new(
        notifier: &'n Notifier,
        (url, project): (&str, &'n str),
        token: &'n str,
    ) -> Result<Self, Failure> {
        Ok(Self {
            notifier,
            url: base(url)?,
            project,
            token,
        })
    }

    fn ask(&self, url: &Url, ask: Ask<'_>) -> Result<Fetched, Failure> {
        self.notifier
            .ask(url, (&[("private-token", self.token)], None), ask)
    }

    fn issues(&self, rest: &[&str]) -> Url {
        let segments: Vec<&str> = ["api", "v4", "projects", self.project, "issues"]
            .into_iter()
            .chain(rest.iter().copied())
            .collect();
        self.url.below(&segments)
    }

    fn change(&self, number: &str, event: &str, why: &str) -> Outcome {
        let body = json!({ "state_event": event });
        self.ask(&self.issues(&[number]), Ask::Put(&body))?;
        let note = json!({ "body": markdown(&[why.to_owned()]) });
        self.ask(&self.issues(&[number, "notes"]), Ask::Post(&note))
            .map(|_| ())
    }
}

fn marked(mark: &str) -> String {
    format!("<!-- bartizan:{mark} -->")
}

impl Tracker for Gitlab<'_> {
    fn find(&self, mark: &str) -> Result<Option<Issue>, Failure> {
        let search = self.issues(&[]).with_query(&[
            ("search", mark),
            ("in", "description"),
            ("scope", "all"),
            ("per_page", "20"),
        ]);
        let seen: Vec<Seen> = read(&self.ask(&search, Ask::Get)?)?;
        let has_mark = |seen: &Seen| {
            seen.description
                .as_deref()
                .is_some_and(|text| text.contains(&marked(mark)))
        };
        Ok(seen.into_iter().find(has_mark).map(Issue::from))
    }

    fn make(&self, draft: &Draft) -> Result<Issue, Failure> {
        let body = json!({
            "title": draft.title,
            "description": format!("{}\n{}", markdown(&draft.lines), marked(&draft.mark)),
            "labels": "bartizan",
            "confidential": true,
        });
        let made: Seen = read(&self.ask(&self.issues(&[]), Ask::Post(&body))?)?;
        Ok(made.into())
    }

    fn reopen(&self, number: &str, why: &str) -> Outcome {
        self.change(number, "reopen", why)
    }

    fn close(&self, number: &str, why: &str) -> Outcome {
        self.change(number, "close", why)
    }
}
