//! What agents on hosts tell of: alerts in batches, each a statement of type [`ALERTS`].
//!
//! In: alerts in the order of their numbers, and who tells of them; or a predicate. Out: the statement; or what the predicate says, once its
//! numbers and its root hold. The root is that of the tree of RFC 6962 over the alerts, byte by byte as they stand in the predicate, so that
//! one alert can be shown to have been told without the others. Numbers go up by one for each alert of a stream: what lacks was dropped or
//! kept back, and how many that are is known.

use crate::statement::{ALERTS, STATEMENT_TYPE};
use crate::tlog::{self, Hash, TlogError};
use bartizan_model::encoding::hex;
use bartizan_model::runtime::{AlertContainer, AlertProcess, Priority};
use bartizan_model::{Severity, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Alerts of one batch at most.
pub const MOST_ALERTS: usize = 10_000;
/// Digits of the name of a stream, hexadecimal.
const STREAM_DIGITS: usize = 32;
/// Bytes of a name in the head at most.
const LONGEST: usize = 500;

/// Who tells, of what, and how it follows what was told before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Who tells.
    pub agent: Agent,
    /// Name of the sequence of alerts, 32 hexadecimal digits. One that lost its memory begins another.
    pub stream: String,
    /// Number of the last alert of the batch before; 0 for the first batch.
    pub after: u64,
    /// Number of the last alert that there was when the batch was made; those between that are not in it were dropped.
    pub last: u64,
    /// When the batch was made.
    pub sealed: Timestamp,
    /// What is watched for.
    pub watch: Watch,
}

/// Who tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The host, `host:machine-id`.
    pub host: String,
    /// Its name.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Name of the cluster that the host is a node of; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cluster: String,
}

/// What is watched for, and since when without a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Since when no event was lost.
    pub since: Timestamp,
    /// Names of the rules that run.
    pub rules: Vec<String>,
}

/// A batch that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Who tells of what.
    pub head: Head,
    /// Alerts in the order of their numbers.
    pub alerts: Vec<Told>,
}

/// An alert as the control plane needs it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Told {
    /// Its number in the stream, from 1.
    pub number: u64,
    /// The rule.
    pub rule: String,
    /// How pressing it is.
    pub priority: Priority,
    /// When it happened, by the clock of the host.
    pub time: Timestamp,
    /// One line for people.
    pub output: String,
    /// The process, then those that started it.
    #[serde(default)]
    pub processes: Vec<AlertProcess>,
    /// Where it ran; None on the host itself.
    #[serde(default)]
    pub container: Option<AlertContainer>,
}

#[derive(Serialize, Deserialize)]
struct Predicate<'a> {
    agent: Agent,
    stream: String,
    after: u64,
    last: u64,
    sealed: Timestamp,
    watch: Watch,
    root: String,
    #[serde(borrow)]
    alerts: Vec<&'a RawValue>,
}

/// Why a predicate is no batch of alerts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// It is not in the form.
    #[error("{0}")]
    Form(String),
    /// There are too many alerts.
    #[error("it has more than {MOST_ALERTS} alerts")]
    TooMany,
    /// The host or the stream has no name, or one that is too long.
    #[error("`{0}` names no host (`host:MACHINE-ID`) or no stream (32 hexadecimal digits)")]
    Name(String),
    /// Numbers do not go up, or leave the batch.
    #[error(
        "the alert with the number {0} is not in its place: numbers go up, after the batch before, to the last one"
    )]
    Number(u64),
    /// The root is another one.
    #[error("the alerts have the root {0}, which is not the one of the batch")]
    Root(String),
}

/// The alert in the form in which a batch has it: its object with its number in front.
#[must_use]
pub fn numbered(number: u64, object: &str) -> String {
    let rest = object.trim_start().strip_prefix('{').unwrap_or(object);
    format!("{{\"number\":{number},{rest}")
}

/// The statement of a batch; `alerts` are as [`numbered`] gives them.
///
/// # Errors
/// When an alert is no JSON.
pub fn statement(head: &Head, alerts: &[String]) -> Result<String, serde_json::Error> {
    let alerts: Vec<&RawValue> = alerts
        .iter()
        .map(|alert| serde_json::from_str(alert))
        .collect::<Result<_, _>>()?;
    let root = hex(&root_of(&alerts));
    let mut subjects = vec![subject(&head.agent.host, &root)];
    let mut images = BTreeMap::new();
    for alert in &alerts {
        let told: Told = serde_json::from_str(alert.get())?;
        if let Some((name, digest)) = told.container.as_ref().and_then(image_by_digest) {
            images.insert(name, digest);
        }
    }
    subjects.extend(images.iter().map(|(name, digest)| subject(name, digest)));
    let predicate = Predicate {
        agent: head.agent.clone(),
        stream: head.stream.clone(),
        after: head.after,
        last: head.last,
        sealed: head.sealed,
        watch: head.watch.clone(),
        root,
        alerts,
    };
    Ok(format!(
        "{{\"_type\":\"{STATEMENT_TYPE}\",\"subject\":{},\"predicateType\":\"{ALERTS}\",\"predicate\":{}}}",
        serde_json::Value::from(subjects),
        serde_json::to_string(&predicate)?
    ))
}

fn subject(name: &str, digest: &str) -> serde_json::Value {
    serde_json::json!({ "name": name, "digest": { "sha256": digest } })
}

fn image_by_digest(container: &AlertContainer) -> Option<(String, String)> {
    let digest = container.image_digest.strip_prefix("sha256:")?;
    Some((image_key(container)?, digest.to_owned()))
}

fn root_of(alerts: &[&RawValue]) -> Hash {
    let leaves: Vec<Hash> = alerts
        .iter()
        .map(|alert| tlog::leaf_hash(alert.get().as_bytes()))
        .collect();
    // A tree that begins with nothing asks for no tiles.
    let grown: Result<_, TlogError<Infallible>> = tlog::append(0, &leaves, &mut |_| Ok(Vec::new()));
    grown.map_or_else(|_| tlog::empty_root(), |grown| grown.root)
}

impl Batch {
    /// Reads a predicate.
    ///
    /// # Errors
    /// When it is none, when its numbers are not in order, and when its root is that of other alerts.
    pub fn read(predicate: &str) -> Result<Self, BatchError> {
        let form = |error: serde_json::Error| BatchError::Form(error.to_string());
        let read: Predicate<'_> = serde_json::from_str(predicate).map_err(form)?;
        if read.alerts.len() > MOST_ALERTS {
            return Err(BatchError::TooMany);
        }
        check_names(&read)?;
        let alerts: Vec<Told> = read
            .alerts
            .iter()
            .map(|alert| serde_json::from_str(alert.get()))
            .collect::<Result<_, _>>()
            .map_err(form)?;
        let mut before = read.after;
        for alert in &alerts {
            if alert.number <= before || alert.number > read.last {
                return Err(BatchError::Number(alert.number));
            }
            before = alert.number;
        }
        // Numbers are kept with a sign.
        if read.last < read.after || i64::try_from(read.last).is_err() {
            return Err(BatchError::Number(read.last));
        }
        let root = hex(&root_of(&read.alerts));
        if root != read.root {
            return Err(BatchError::Root(root));
        }
        Ok(Self {
            head: Head {
                agent: read.agent,
                stream: read.stream,
                after: read.after,
                last: read.last,
                sealed: read.sealed,
                watch: read.watch,
            },
            alerts,
        })
    }

    /// How many alerts the agent had and did not send, as it says itself.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        (self.head.last - self.head.after).saturating_sub(self.alerts.len() as u64)
    }
}

fn check_names(read: &Predicate<'_>) -> Result<(), BatchError> {
    let bad = |name: &str| BatchError::Name(name.chars().take(80).collect());
    let host = &read.agent.host;
    let named = host.strip_prefix("host:").is_some_and(|id| !id.is_empty());
    if !named || host.len() > LONGEST {
        return Err(bad(host));
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if read.stream.len() != STREAM_DIGITS || !digits(&read.stream) {
        return Err(bad(&read.stream));
    }
    match [&read.agent.name, &read.agent.cluster, &read.agent.version]
        .into_iter()
        .find(|name| name.len() > LONGEST)
    {
        Some(name) => Err(bad(name)),
        None => Ok(()),
    }
}

/// The things that an alert is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Things {
    /// The host, `host:…`.
    pub host: String,
    /// The pod, `workload:cluster/namespace/pod/name`; None where the cluster is unknown or it was none.
    pub workload: Option<String>,
    /// The image, `image:name` without its tag; None where unknown.
    pub image: Option<String>,
}

impl Things {
    /// What this alert is about.
    #[must_use]
    pub fn of(agent: &Agent, alert: &Told) -> Self {
        let container = alert.container.as_ref();
        let workload = container.filter(|container| {
            !(agent.cluster.is_empty() || container.pod.is_empty() || container.namespace.is_empty())
        });
        Self {
            host: agent.host.clone(),
            workload: workload.map(|container| {
                format!(
                    "workload:{}/{}/pod/{}",
                    agent.cluster, container.namespace, container.pod
                )
            }),
            image: container.and_then(image_key),
        }
    }

    /// The narrowest of them, which has the problem.
    #[must_use]
    pub fn narrowest(&self) -> &str {
        self.workload
            .as_ref()
            .or(self.image.as_ref())
            .unwrap_or(&self.host)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        [Some(&self.host), self.workload.as_ref(), self.image.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// The name of the image without tag and digest, as scans know it.
fn image_key(container: &AlertContainer) -> Option<String> {
    let name = container.image.split('@').next().unwrap_or_default();
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    match name.is_empty() {
        true if container.image_digest.is_empty() => None,
        true => Some(format!("image:{}", container.image_digest)),
        false => Some(format!("image:{name}")),
    }
}

/// How severe a finding is that an alert makes; None where it is kept as an alert and makes none.
#[must_use]
pub const fn severity(priority: Priority) -> Option<Severity> {
    match priority {
        Priority::Emergency | Priority::Alert | Priority::Critical => Some(Severity::Critical),
        Priority::Error => Some(Severity::High),
        Priority::Warning => Some(Severity::Medium),
        Priority::Notice | Priority::Informational | Priority::Debug => None,
    }
}

/// The rule as findings name it: `detect/` and the name in lower case with hyphens.
#[must_use]
pub fn finding_rule(rule: &str) -> String {
    let mut words = String::new();
    for letter in rule.chars() {
        if letter.is_alphanumeric() {
            words.extend(letter.to_lowercase());
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
    }
    format!("detect/{}", words.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Statement;
    use crate::tlog::{leaf_hash, node_hash};

    fn head(after: u64, last: u64) -> Head {
        Head {
            agent: Agent {
                host: "host:1".to_owned(),
                name: "node".to_owned(),
                version: "0.1.0".to_owned(),
                cluster: "prod".to_owned(),
            },
            stream: "ab".repeat(16),
            after,
            last,
            sealed: Timestamp::from_unix_seconds(0),
            watch: Watch {
                since: Timestamp::from_unix_seconds(0),
                rules: vec!["R".to_owned()],
            },
        }
    }

    fn alert(number: u64) -> String {
        let object = r#"{"rule":"R","priority":"error","time":"2027-01-01T00:00:00.5Z","output":"o","fields":{},"tags":[],
            "container":{"id":"c","name":"n","image":"docker.io/library/nginx:1","image_digest":"sha256:aa","pod":"web-1","namespace":"shop","service_account":""}}"#;
        numbered(number, object)
    }

    fn predicate(statement: &str) -> String {
        Statement::read(statement.as_bytes())
            .unwrap()
            .predicate()
            .to_owned()
    }

    #[test]
    fn a_batch_is_read_as_it_was_written_and_names_its_things() {
        let written = statement(&head(4, 8), &[alert(5), alert(7)]).unwrap();
        let read = Statement::read(written.as_bytes()).unwrap();
        let names: Vec<&str> = read.subject.iter().map(|subject| subject.name.as_str()).collect();
        assert_eq!(names, ["host:1", "image:docker.io/library/nginx"]);
        assert_eq!(read.subject[1].digest["sha256"], "aa");
        let expected = node_hash(&leaf_hash(alert(5).as_bytes()), &leaf_hash(alert(7).as_bytes()));
        assert_eq!(read.subject[0].digest["sha256"], hex(&expected));
        let batch = Batch::read(read.predicate()).unwrap();
        assert_eq!(batch.head, head(4, 8));
        assert_eq!(batch.dropped(), 2, "of 5 to 8 there are 5 and 7");
        let things = Things::of(&batch.head.agent, &batch.alerts[0]);
        assert_eq!(things.narrowest(), "workload:prod/shop/pod/web-1");
        assert_eq!(
            things.all().collect::<Vec<_>>(),
            [
                "host:1",
                "workload:prod/shop/pod/web-1",
                "image:docker.io/library/nginx"
            ]
        );
    }

    #[test]
    fn a_changed_alert_a_number_out_of_place_and_a_host_without_name_are_refused() {
        let good = predicate(&statement(&head(0, 2), &[alert(1), alert(2)]).unwrap());
        let changed = good.replacen("\"output\":\"o\"", "\"output\":\"p\"", 1);
        assert!(matches!(Batch::read(&changed), Err(BatchError::Root(_))));
        for (after, last, numbers) in [(0, 2, [2, 1]), (0, 1, [1, 2]), (1, 2, [1, 2]), (3, 2, [1, 2])] {
            let alerts = numbers.map(alert);
            let wrong = predicate(&statement(&head(after, last), &alerts).unwrap());
            assert!(
                matches!(Batch::read(&wrong), Err(BatchError::Number(_))),
                "{after} {last} {numbers:?}"
            );
        }
        let nameless = good.replace("host:1", "host:");
        assert!(matches!(Batch::read(&nameless), Err(BatchError::Name(_))));
        assert!(matches!(Batch::read("{}"), Err(BatchError::Form(_))));
    }

    #[test]
    fn a_batch_without_alerts_says_that_the_agent_is_there() {
        let quiet = predicate(&statement(&head(9, 9), &[]).unwrap());
        let batch = Batch::read(&quiet).unwrap();
        assert_eq!((batch.alerts.len(), batch.dropped()), (0, 0));
    }

    #[test]
    fn rules_of_findings_are_words() {
        assert_eq!(
            finding_rule("Read sensitive file (untrusted)!"),
            "detect/read-sensitive-file-untrusted"
        );
    }
}
