//! What a channel is: where it leads, what is told through it, and how often.
//!
//! What is secret of it is taken apart from what may be shown, when it comes in; the two come together again only to send something.

use bartizan_source::http::Url;
use bartizan_source::smtp::{Security, is_address};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Bytes of a text.
const LONGEST: usize = 500;
/// Recipients of mail at most.
const MOST_RECIPIENTS: usize = 50;

/// What others are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = NoticeEvent)]
pub(crate) enum Event {
    /// A finding is open and its day is over.
    Breach,
    /// The day of an open finding is near.
    BreachSoon,
    /// A critical finding is new, or back.
    NewCritical,
    /// The last day of a waiver is near.
    WaiverEnding,
}

impl Event {
    pub(crate) const ALL: [Self; 4] = [
        Self::Breach,
        Self::BreachSoon,
        Self::NewCritical,
        Self::WaiverEnding,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Breach => "breach",
            Self::BreachSoon => "breach-soon",
            Self::NewCritical => "new-critical",
            Self::WaiverEnding => "waiver-ending",
        }
    }
}

/// Of which findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = NoticeFilter)]
pub(crate) struct Filter {
    /// At least this severity: critical, high, medium, low or info; all where it is empty.
    pub severity: String,
    /// Of things with all of these labels.
    pub labels: BTreeMap<String, String>,
    /// Of this owner only: of the fix, or else of the thing. Empty for all.
    pub owner: String,
}

/// How often at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticePace)]
pub(crate) struct Pace {
    /// Messages within the interval, 1 to 1000; what is more comes in one summary at its end. Issues are put off instead.
    pub messages: u32,
    /// The interval in minutes, 1 to 1440.
    pub minutes: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            messages: 20,
            minutes: 60,
        }
    }
}

impl Pace {
    /// The interval in milliseconds.
    pub(crate) fn interval(self) -> i64 {
        i64::from(self.minutes).saturating_mul(60_000)
    }
}

/// Where a channel leads. Secrets are taken, and never given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[schema(as = ChannelTarget)]
pub(crate) enum Target {
    /// Any program: JSON, signed as Standard Webhooks has it.
    Webhook {
        /// Where to. Its user and its query are secret, and shown as `…`.
        url: String,
    },
    /// An incoming webhook of Slack, or of what understands the same.
    Slack {
        /// Where to. All of it but the host is secret.
        url: String,
    },
    /// Mail.
    Email {
        /// The mail server.
        host: String,
        /// Its port: 465 for tls, 587 for starttls, 25 for none.
        port: u16,
        /// tls, starttls or none.
        security: MailSecurity,
        /// Who signs in there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        /// Secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
        /// Sender.
        from: String,
        /// Recipients.
        to: Vec<String>,
    },
    /// Issues of GitHub: one for each fix.
    Github {
        /// `https://api.github.com`, or `https://HOST/api/v3`.
        #[serde(default = "github_api")]
        api: String,
        /// `OWNER/NAME`.
        repository: String,
        /// Secret; may read and write issues of the repository.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    /// Issues of GitLab: one for each fix, confidential.
    Gitlab {
        /// `https://gitlab.com`, or where else it is.
        #[serde(default = "gitlab_url")]
        url: String,
        /// `GROUP/NAME`, or the number.
        project: String,
        /// Secret; has the scope `api`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    /// Issues of Jira: one for each fix.
    Jira {
        /// `https://SITE.atlassian.net`, or where else it is.
        url: String,
        /// Key of the project.
        project: String,
        /// Name of the type that issues have.
        #[serde(default = "jira_type")]
        issue_type: String,
        /// Address of mail of whose token it is, with Jira Cloud; none with Data Center.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        /// Secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
}

fn github_api() -> String {
    "https://api.github.com".to_owned()
}
fn gitlab_url() -> String {
    "https://gitlab.com".to_owned()
}
fn jira_type() -> String {
    "Task".to_owned()
}

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after the greeting.
    Starttls,
    /// None.
    None,
}

impl From<MailSecurity> for Security {
    fn from(security: MailSecurity) -> Self {
        match security {
            MailSecurity::Tls => Self::Tls,
            MailSecurity::Starttls => Self::StartTls,
            MailSecurity::None => Self::None,
        }
    }
}

/// What is secret of a channel.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The whole address of a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// What a webhook is signed with: `whsec_` and base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signing: Option<String>,
    /// The password of a mail server, or the token of an interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// Everything of a channel that may be shown, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) target: Target,
    pub(crate) events: Vec<Event>,
    pub(crate) filter: Filter,
    pub(crate) pace: Pace,
}

/// What is wrong with a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// An address of the web.
    #[error("`{0}`: {1}")]
    Url(&'static str, String),
    /// Something that is not as it must be.
    #[error("`{0}` is to be {1}")]
    Field(&'static str, &'static str),
    /// A secret that has to be said again.
    #[error("`{0}` is to be said again: a secret goes nowhere but where it was given for")]
    Secret(&'static str),
}

impl Target {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Slack { .. } => "slack",
            Self::Email { .. } => "email",
            Self::Github { .. } => "github",
            Self::Gitlab { .. } => "gitlab",
            Self::Jira { .. } => "jira",
        }
    }

    /// Whether one issue is made for each fix, in place of a message for each event.
    pub(crate) const fn is_tracker(&self) -> bool {
        matches!(
            self,
            Self::Github { .. } | Self::Gitlab { .. } | Self::Jira { .. }
        )
    }

    /// Who gets to see the secrets: while this stays the same, they may stay.
    pub(crate) fn recipient(&self) -> String {
        match self {
            Self::Webhook { url } | Self::Slack { url } => origin(url),
            Self::Email {
                host,
                port,
                security,
                user,
                ..
            } => format!("{host}:{port} {security:?} {user:?}"),
            Self::Github { api, .. } => origin(api),
            Self::Gitlab { url, .. } => origin(url),
            Self::Jira { url, user, .. } => format!("{} {user:?}", origin(url)),
        }
    }

    /// Judges it, and takes what is secret out of it.
    pub(crate) fn split(mut self) -> Result<(Self, Secrets), Wrong> {
        let mut secrets = Secrets::default();
        match &mut self {
            Self::Webhook { url } => {
                let parsed = web("url", url)?;
                secrets.url = Some(std::mem::replace(url, parsed.to_string()));
            }
            Self::Slack { url } => {
                let parsed = web("url", url)?;
                secrets.url = Some(std::mem::replace(url, format!("{}/…", parsed.origin())));
            }
            Self::Email {
                host,
                port,
                user,
                password,
                from,
                to,
                ..
            } => {
                line("host", host)?;
                if *port == 0 {
                    return Err(Wrong::Field("port", "465, 587, 25 or another port"));
                }
                if !is_address(from) {
                    return Err(Wrong::Field("from", "an address of mail"));
                }
                if to.is_empty() || to.len() > MOST_RECIPIENTS || !to.iter().all(|to| is_address(to)) {
                    return Err(Wrong::Field("to", "1 to 50 addresses of mail"));
                }
                user.as_deref().map_or(Ok(()), |user| line("user", user))?;
                secrets.token = secret("password", password.take())?;
            }
            Self::Github {
                api,
                repository,
                token,
            } => {
                web("api", api)?;
                let is_name = |part: &str| {
                    !part.is_empty()
                        && part != "."
                        && part != ".."
                        && part
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
                };
                if !repository
                    .split_once('/')
                    .is_some_and(|(owner, name)| is_name(owner) && is_name(name))
                {
                    return Err(Wrong::Field("repository", "OWNER/NAME"));
                }
                secrets.token = secret("token", token.take())?;
            }
            Self::Gitlab { url, project, token } => {
                web("url", url)?;
                line("project", project)?;
                secrets.token = secret("token", token.take())?;
            }
            Self::Jira {
                url,
                project,
                issue_type,
                user,
                token,
            } => {
                web("url", url)?;
                if project.is_empty()
                    || project.len() > 64
                    || !project
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                {
                    return Err(Wrong::Field("project", "the key of a project"));
                }
                line("issue_type", issue_type)?;
                user.as_deref().map_or(Ok(()), |user| line("user", user))?;
                secrets.token = secret("token", token.take())?;
            }
        }
        Ok((self, secrets))
    }

    /// Whether it has the secrets that it cannot do without.
    pub(crate) fn lacks(&self, secrets: &Secrets) -> Option<&'static str> {
        match self {
            Self::Webhook { .. } | Self::Slack { .. } => secrets.url.is_none().then_some("url"),
            Self::Email { user, .. } => (user.is_some() && secrets.token.is_none()).then_some("password"),
            Self::Github { .. } | Self::Gitlab { .. } | Self::Jira { .. } => {
                secrets.token.is_none().then_some("token")
            }
        }
    }
}

fn origin(url: &str) -> String {
    Url::parse(url.trim_end_matches('…')).map_or_else(|_| url.to_owned(), |url| url.origin())
}

fn web(field: &'static str, text: &str) -> Result<Url, Wrong> {
    Url::parse(text).map_err(|error| Wrong::Url(field, error.to_string()))
}

fn line(field: &'static str, text: &str) -> Result<(), Wrong> {
    if text.trim().is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(Wrong::Field(field, "one line of 1 to 500 bytes"));
    }
    Ok(())
}

/// A secret that goes into a header or a command: printable.
fn secret(field: &'static str, text: Option<String>) -> Result<Option<String>, Wrong> {
    let text = text.filter(|text| !text.is_empty());
    match &text {
        Some(text) if text.len() > LONGEST || text.chars().any(char::is_control) => {
            Err(Wrong::Field(field, "one line of 1 to 500 bytes"))
        }
        _ => Ok(text),
    }
}

impl Settings {
    /// Judges what is told, and how often.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        if self.events.is_empty() {
            return Err(Wrong::Field(
                "events",
                "at least one of breach, breach-soon, new-critical, waiver-ending",
            ));
        }
        if !["", "info", "low", "medium", "high", "critical"].contains(&self.filter.severity.as_str()) {
            return Err(Wrong::Field("severity", "critical, high, medium, low or info"));
        }
        let labels = &self.filter.labels;
        if labels.len() > 20
            || labels
                .iter()
                .any(|(name, value)| name.len() + value.len() > LONGEST)
        {
            return Err(Wrong::Field("labels", "at most 20, of 500 bytes each"));
        }
        if self.filter.owner.len() > LONGEST {
            return Err(Wrong::Field("owner", "at most 500 bytes"));
        }
        if !(1..=1_000).contains(&self.pace.messages) || !(1..=1_440).contains(&self.pace.minutes) {
            return Err(Wrong::Field("pace", "1 to 1000 messages in 1 to 1440 minutes"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(json: &str) -> Target {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn nothing_secret_stays_in_what_is_shown() {
        let word = ["hush", "hush"].concat();
        for json in [
            format!(r#"{{"kind":"webhook","url":"https://user:{word}@example.com/hook?key={word}"}}"#),
            format!(r#"{{"kind":"slack","url":"https://hooks.example.com/services/{word}"}}"#),
            format!(
                r#"{{"kind":"email","host":"mail","port":587,"security":"starttls","user":"u","password":"{word}","from":"a@b.c","to":["d@e.f"]}}"#
            ),
            format!(r#"{{"kind":"github","repository":"acme/shop","token":"{word}"}}"#),
            format!(r#"{{"kind":"gitlab","project":"acme/shop","token":"{word}"}}"#),
            format!(r#"{{"kind":"jira","url":"https://acme.example","project":"SEC","token":"{word}"}}"#),
        ] {
            let (shown, secrets) = target(&json).split().unwrap();
            let text = serde_json::to_string(&shown).unwrap();
            assert!(!text.contains(&word), "{text}");
            assert!(serde_json::to_string(&secrets).unwrap().contains(&word));
            assert!(!format!("{secrets:?}").contains(&word));
            assert_eq!(shown.lacks(&secrets), None);
            assert!(shown.lacks(&Secrets::default()).is_some(), "{text}");
            assert_eq!(shown.recipient(), target(&json).recipient());
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for json in [
            r#"{"kind":"webhook","url":"ftp://example.com/"}"#,
            r#"{"kind":"slack","url":"https://exa mple.com/"}"#,
            r#"{"kind":"email","host":"mail","port":0,"security":"none","from":"a@b.c","to":["d@e.f"]}"#,
            r#"{"kind":"email","host":"mail","port":25,"security":"none","from":"a@b.c","to":[]}"#,
            r#"{"kind":"email","host":"mail","port":25,"security":"none","from":"a@b.c\r\nX: y","to":["d@e.f"]}"#,
            r#"{"kind":"github","repository":"acme","token":"t"}"#,
            r#"{"kind":"github","repository":"../x","token":"t"}"#,
            r#"{"kind":"github","repository":"a/b","token":"t\r\nX: y"}"#,
            r#"{"kind":"jira","url":"https://x","project":"A B","token":"t"}"#,
        ] {
            assert!(target(json).split().is_err(), "{json}");
        }
    }
}
