//! Mail: plain text, the same for everybody.

use super::{Failure, Letter, Outcome};
use crate::notify::Notifier;
use crate::notify::channel::Target;
use crate::notify::words::Words;
use bartizan_model::Timestamp;
use bartizan_source::smtp::{Mail, Relay};

impl Notifier {
    pub(super) fn email(&self, letter: &Letter<'_>) -> Outcome {
        let Target::Email {
            host,
            port,
            security,
            user,
            from,
            to,
            ..
        } = letter.target
        else {
            return Err(Failure::last("the channel is none of mail"));
        };
        let words = Words::of(letter.payload);
        let login = user.as_deref().zip(letter.secrets.token.as_deref());
        let relay = Relay {
            host,
            port: *port,
            security: (*security).into(),
            login,
        };
        let mail = Mail {
            from,
            to,
            subject: &words.headline,
            text: &words.text(),
            id: letter.id,
            date: Timestamp::from_unix_seconds(letter.at.div_euclid(1_000)),
        };
        self.mailer.send(&relay, &mail).map_err(|error| {
            let text = format!("{error}: {}", error.help());
            match error {
                bartizan_source::smtp::SmtpError::Message(_)
                | bartizan_source::smtp::SmtpError::Forbidden { .. } => Failure::last(text),
                _ => Failure::passing(text),
            }
        })
    }
}
