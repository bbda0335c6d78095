//! Incoming webhooks of Slack, and of what understands the same. <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>

use super::{Failure, Letter, Outcome};
use crate::notify::Notifier;
use crate::notify::words::{Words, one_line};
use serde_json::json;

/// Letters of a block: Slack takes 3000, escapes included.
const LONGEST: usize = 2_900;

impl Notifier {
    pub(super) fn slack(&self, letter: &Letter<'_>) -> Outcome {
        let Some(url) = &letter.secrets.url else {
            return Err(Failure::last("the channel has no address: say it again"));
        };
        let words = Words::of(letter.payload);
        let headline = escaped(&words.headline);
        let mut text = format!("*{headline}*");
        for line in &words.lines {
            let line = format!("\n{}", escaped(&one_line(line, 700)));
            if text.len() + line.len() > LONGEST {
                break;
            }
            text.push_str(&line);
        }
        let mut blocks = vec![json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })];
        if let Some(link) = &words.link {
            let text = format!("<{}|Open in Bartizan>", escaped(link));
            blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": text }] }));
        }
        let body = json!({ "text": headline, "blocks": blocks }).to_string();
        self.post(url, &[], body.as_bytes()).map(|_| ())
    }
}

/// The three characters that mean something there. <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
