//! Webhooks for programs, signed as Standard Webhooks has it (`bartizan_trust::webhook`). `webhook-id` is the same in each attempt.

use super::{Failure, Letter, Outcome};
use crate::api::shown::time;
use crate::notify::Notifier;
use crate::notify::notice::Payload;
use bartizan_trust::webhook::sign;
use serde_json::{Value, json};

impl Notifier {
    pub(super) fn webhook(&self, letter: &Letter<'_>) -> Outcome {
        let (Some(url), Some(key)) = (&letter.secrets.url, &letter.secrets.signing) else {
            return Err(Failure::last(
                "the channel has no address or no key: say them again",
            ));
        };
        let body = body_of(letter).to_string();
        let second = letter.at.div_euclid(1_000);
        let signature = sign(key, letter.id, second, &body)
            .ok_or_else(|| Failure::last("the key of the channel is none: make a new one"))?;
        let second = second.to_string();
        let headers = [
            ("webhook-id", letter.id),
            ("webhook-timestamp", second.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        self.post(url, &headers, body.as_bytes()).map(|_| ())
    }
}

fn body_of(letter: &Letter<'_>) -> Value {
    let (kind, data) = match letter.payload {
        Payload::Notice(notice) => (notice.event.as_str(), serde_json::to_value(notice)),
        Payload::Summary(summary) => ("summary", serde_json::to_value(summary)),
        Payload::Test { by } => ("test", Ok(json!({ "by": by }))),
        Payload::IssueOpen | Payload::IssueClose => ("", Ok(Value::Null)),
    };
    json!({ "type": kind, "timestamp": time(letter.at), "data": data.unwrap_or_default() })
}
