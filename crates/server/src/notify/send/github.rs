//! Issues of GitHub. <https://docs.github.com/en/rest/issues/issues>
//!
//! The newest issues of the repository are listed first, which shows what was made a moment ago; the search, which may lag behind,
//! finds what is older.

use super::tracker::{Draft, Issue, Tracker, markdown};
use super::web::{Ask, base, read};
use super::{Failure, Outcome};
use crate::notify::Notifier;
use bartizan_source::http::Url;
use serde::Deserialize;
use serde_json::{Value, json};

const HEADERS: [(&str, &str); 2] = [
    ("accept", "application/vnd.github+json"),
    ("x-github-api-version", "2022-11-28"),
];

pub(super) struct Github<'n> {
    notifier: &'n Notifier,
    api: Url,
    repository: &'n str,
    authorization: String,
}

#[derive(Deserialize)]
struct Seen {
    number: u64,
    html_url: String,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    items: Vec<Seen>,
}

impl From<Seen> for Issue {
    fn from(seen: Seen) -> Self {
        Self {
            number: seen.number.to_string(),
            url: seen.html_url,
        }
    }
}

impl<'n> Github<'n> {
    pub(super) fn new(
        notifier: &'n Notifier,
        (api, repository): (&str, &'n str),
        token: &str,
    ) -> Result<Self, Failure> {
        Ok(Self {
            notifier,
            api: base(api)?,
            repository,
            authorization: format!("Bearer {token}"),
        })
    }

    fn ask(&self, url: &Url, ask: Ask<'_>) -> Result<bartizan_source::http::Fetched, Failure> {
        self.notifier.ask(url, (&HEADERS, Some(&self.authorization)), ask)
    }

    fn issues(&self, rest: &[&str]) -> Url {
        let (owner, name) = self.repository.split_once('/').unwrap_or((self.repository, ""));
        let segments: Vec<&str> = ["repos", owner, name, "issues"]
            .into_iter()
            .chain(rest.iter().copied())
            .collect();
        self.api.below(&segments)
    }

    fn comment(&self, number: &str, text: &str) -> Outcome {
        let body = json!({ "body": markdown(&[text.to_owned()]) });
        self.ask(&self.issues(&[number, "comments"]), Ask::Post(&body))
            .map(|_| ())
    }

    fn change(&self, number: &str, state: &Value) -> Outcome {
        self.ask(&self.issues(&[number]), Ask::Patch(state)).map(|_| ())
    }
}

fn marked(mark: &str) -> String {
    format!("<!-- bartizan:{mark} -->")
}

impl Tracker for Github<'_> {
    fn find(&self, mark: &str) -> Result<Option<Issue>, Failure> {
        let newest = self.issues(&[]).with_query(&[
            ("state", "all"),
            ("sort", "created"),
            ("direction", "desc"),
            ("per_page", "100"),
        ]);
        let has_mark = |seen: &Seen| {
            seen.body
                .as_deref()
                .is_some_and(|body| body.contains(&marked(mark)))
        };
        let seen: Vec<Seen> = read(&self.ask(&newest, Ask::Get)?)?;
        if let Some(seen) = seen.into_iter().find(has_mark) {
            return Ok(Some(seen.into()));
        }
        let query = format!("repo:{} is:issue in:body \"bartizan:{mark}\"", self.repository);
        let search = self
            .api
            .below(&["search", "issues"])
            .with_query(&[("q", &query), ("per_page", "10")]);
        let found: Found = read(&self.ask(&search, Ask::Get)?)?;
        Ok(found.items.into_iter().find(has_mark).map(Issue::from))
    }

    fn make(&self, draft: &Draft) -> Result<Issue, Failure> {
        let body = json!({
            "title": draft.title,
            "body": format!("{}\n{}", markdown(&draft.lines), marked(&draft.mark)),
            "labels": ["bartizan"],
        });
        let made: Seen = read(&self.ask(&self.issues(&[]), Ask::Post(&body))?)?;
        Ok(made.into())
    }

    fn reopen(&self, number: &str, why: &str) -> Outcome {
        self.change(number, &json!({ "state": "open", "state_reason": "reopened" }))?;
        self.comment(number, why)
    }

    fn close(&self, number: &str, why: &str) -> Outcome {
        self.change(number, &json!({ "state": "closed", "state_reason": "completed" }))?;
        self.comment(number, why)
    }
}
