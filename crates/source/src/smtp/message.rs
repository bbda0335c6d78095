//! Writing a message down: headers in ASCII, the text in UTF-8 as base64, so that no server has to change anything of it.
//! <https://www.rfc-editor.org/rfc/rfc5322>, encoded words <https://www.rfc-editor.org/rfc/rfc2047>.

use super::SmtpError;
use bartizan_model::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Recipients at most.
const MOST_RECIPIENTS: usize = 100;
/// Bytes of a text at most.
const LONGEST: usize = 1024 * 1024;
/// Bytes of a text that go into one encoded word: 60 of base64.
const WORD: usize = 45;

/// A message of plain text.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// Who sends it: `local@domain`.
    pub from: &'a str,
    /// Who gets it: 1 to 100 of `local@domain`.
    pub to: &'a [String],
    /// What it is about, in one line.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// What it is known by: letters, digits, `.`, `-` and `_`. The same message sent twice has the same.
    pub id: &'a str,
    /// When it was written.
    pub date: Timestamp,
}

/// Whether this is an address as far as this client sends to it: `local@domain`, in ASCII, without quotes.
/// <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2>
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(is_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.len() <= 255
        && domain.split('.').all(is_label)
}

impl Mail<'_> {
    /// The message as it is sent between `DATA` and the dot that ends it.
    ///
    /// # Errors
    /// When an address is none, or something is too long.
    pub(super) fn render(&self) -> Result<String, SmtpError> {
        for address in self.to.iter().map(String::as_str).chain([self.from]) {
            if !is_address(address) {
                let shown: String = address
                    .chars()
                    .filter(|letter| !letter.is_control())
                    .take(80)
                    .collect();
                return Err(SmtpError::Message(format!("`{shown}` is no address of mail")));
            }
        }
        if self.to.is_empty() || self.to.len() > MOST_RECIPIENTS {
            return Err(SmtpError::Message(format!(
                "it has 1 to {MOST_RECIPIENTS} recipients"
            )));
        }
        if self.text.len() > LONGEST {
            return Err(SmtpError::Message(format!("it has more than {LONGEST} bytes")));
        }
        let id: String = self
            .id
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(*letter))
            .collect();
        let domain = self
            .from
            .rsplit_once('@')
            .map_or("localhost", |(_, domain)| domain);
        let mut out = format!(
            "From: Bartizan <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{id}@{domain}>\r\n\
             Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n",
            self.from,
            self.to.join(",\r\n "),
            header_text(self.subject),
            date(self.date),
        );
        let body = STANDARD.encode(self.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        for line in body.as_bytes().chunks(76) {
            out.push_str(&String::from_utf8_lossy(line));
            out.push_str("\r\n");
        }
        Ok(out)
    }
}

/// A text as a header may hold it: as it is where it is short ASCII, else in encoded words.
fn header_text(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(400)
        .collect();
    if line.is_ascii() && line.len() <= 70 && !line.contains("=?") {
        return line;
    }
    let mut words = vec![String::new()];
    for letter in line.chars() {
        if words
            .last()
            .is_some_and(|word| word.len() + letter.len_utf8() > WORD)
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    let encoded: Vec<String> = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)))
        .collect();
    encoded.join("\r\n ")
}

/// `Thu, 26 Nov 2026 01:50:51 +0000`.
fn date(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let text = at.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let pick = |words: &[&'static str], number: usize| words.get(number).copied().unwrap_or_default();
    let weekday = usize::try_from(at.unix_seconds().div_euclid(86_400).rem_euclid(7)).unwrap_or_default();
    let month = part(5, 7).parse::<usize>().unwrap_or(1).saturating_sub(1);
    format!(
        "{}, {} {} {} {} +0000",
        pick(&DAYS, weekday),
        part(8, 10),
        pick(&MONTHS, month),
        part(0, 4),
        part(11, 19)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mail<'a>(to: &'a [String], subject: &'a str, text: &'a str) -> Mail<'a> {
        Mail {
            from: "bartizan@example.com",
            to,
            subject,
            text,
            id: "msg_1",
            date: Timestamp::from_unix_seconds(1_795_657_851),
        }
    }

    #[test]
    fn a_message_says_who_when_and_what() {
        let to = ["ada@example.org".to_owned(), "bob@example.org".to_owned()];
        let text = mail(&to, "2 findings", "one\ntwo").render().unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains("To: ada@example.org,\r\n bob@example.org\r\n"),
            "{head}"
        );
        assert!(head.contains("Subject: 2 findings\r\n"));
        assert!(
            head.contains("Date: Thu, 26 Nov 2026 01:50:51 +0000\r\n"),
            "{head}"
        );
        assert!(head.contains("Message-ID: <msg_1@example.com>\r\n"));
        assert_eq!(STANDARD.decode(body.trim()).unwrap(), b"one\r\ntwo");
    }

    #[test]
    fn what_is_no_address_gets_no_mail() {
        for address in [
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "ada@example.org>\r\nRCPT TO:<eve@example.org",
            "ada@-x.org",
            "ada@a..b",
            ".ada@example.org",
            "adä@example.org",
        ] {
            assert!(!is_address(address), "{address}");
            assert!(
                mail(&[address.to_owned()], "x", "y").render().is_err(),
                "{address}"
            );
        }
        assert!(mail(&[], "x", "y").render().is_err());
        assert!(is_address("o'neil+bartizan@mail.example.org"));
    }

    proptest! {
        #[test]
        fn no_subject_and_no_text_makes_another_header_or_ends_the_message(subject in any::<String>(), text in any::<String>()) {
            let to = ["ada@example.org".to_owned()];
            let message = mail(&to, &subject, &text).render().unwrap();
            let (head, body) = message.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head.split("\r\n").filter(|line| !line.starts_with(' ')).map(|line| line.split(':').next().unwrap()).collect();
            prop_assert_eq!(names, ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]);
            prop_assert!(head.is_ascii() && head.lines().all(|line| line.len() < 500));
            prop_assert!(body.split("\r\n").all(|line| line.len() <= 76 && !line.starts_with('.')));
        }
    }
}
