//! Answers of mail servers. <https://www.rfc-editor.org/rfc/rfc5321#section-4.2>

use std::io::{self, BufRead, ErrorKind};

/// Bytes of a line at most: four times what the standard allows.
const LONGEST_LINE: usize = 2_048;
/// Lines of an answer at most.
const MOST_LINES: usize = 128;
/// Characters of an answer that people are shown.
const SHOWN: usize = 300;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// What stands behind the code in each line; bytes that are no UTF-8 are replaced.
    pub lines: Vec<String>,
}

impl Reply {
    /// Whether an extension is offered, in the answer to EHLO.
    #[must_use]
    pub fn offers(&self, extension: &str) -> bool {
        self.lines
            .iter()
            .skip(1)
            .filter_map(|line| line.split_ascii_whitespace().next())
            .any(|word| word.eq_ignore_ascii_case(extension))
    }

    /// Whether one can sign in in this way, in the answer to EHLO.
    #[must_use]
    pub fn offers_mechanism(&self, mechanism: &str) -> bool {
        self.lines.iter().skip(1).any(|line| {
            let mut words = line.split([' ', '=']);
            words.next().is_some_and(|word| word.eq_ignore_ascii_case("AUTH"))
                && words.any(|word| word.eq_ignore_ascii_case(mechanism))
        })
    }

    /// The text for people: one line, without what would confuse a terminal.
    #[must_use]
    pub fn shown(&self) -> String {
        self.lines
            .join(" ")
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(SHOWN)
            .collect()
    }
}

/// Reads one answer: at most 128 lines of at most 2,048 bytes.
///
/// # Errors
/// Those of the reader; `InvalidData` when it is no answer, `UnexpectedEof` when it ends early.
pub fn read_reply(input: &mut impl BufRead) -> io::Result<Reply> {
    let mut code = None;
    let mut lines = Vec::new();
    while lines.len() < MOST_LINES {
        let line = read_line(input)?;
        let (digits, rest) = line
            .split_at_checked(3)
            .ok_or_else(|| invalid("a line is too short"))?;
        let number = digits
            .iter()
            .try_fold(0_u16, |number, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| number * 10 + u16::from(digit - b'0'))
            })
            .filter(|number| (200..600).contains(number))
            .ok_or_else(|| invalid("a line does not begin with a code"))?;
        if code.is_some_and(|known| known != number) {
            return Err(invalid("the lines of an answer have different codes"));
        }
        code = Some(number);
        let (is_last, text) = match rest.split_first() {
            None => (true, rest),
            Some((b' ', text)) => (true, text),
            Some((b'-', text)) => (false, text),
            Some(_) => return Err(invalid("a code is followed by something else than a space")),
        };
        lines.push(String::from_utf8_lossy(text).into_owned());
        if is_last {
            return Ok(Reply { code: number, lines });
        }
    }
    Err(invalid("an answer has too many lines"))
}

fn read_line(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    loop {
        let ready = input.fill_buf()?;
        if ready.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let end = ready.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(ready.len(), |end| end + 1);
        line.extend(ready.iter().take(taken));
        input.consume(taken);
        if line.len() > LONGEST_LINE {
            return Err(invalid("a line is too long"));
        }
        if end.is_some() {
            while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
                line.pop();
            }
            return Ok(line);
        }
    }
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> io::Result<Reply> {
        read_reply(&mut text.as_bytes())
    }

    #[test]
    fn an_answer_of_several_lines_is_read_to_its_last_one() {
        let mut input =
            "250-mail.example\r\n250-STARTTLS\r\n250-auth LOGIN plain\r\n250 8BITMIME\r\n220 next\r\n"
                .as_bytes();
        let reply = read_reply(&mut input).unwrap();
        assert_eq!((reply.code, reply.lines.len()), (250, 4));
        assert!(reply.offers("starttls") && !reply.offers("mail.example") && !reply.offers("8BIT"));
        assert!(reply.offers_mechanism("PLAIN") && !reply.offers_mechanism("CRAM-MD5"));
        assert_eq!(read_reply(&mut input).unwrap().code, 220);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for text in [
            "hello\r\n",
            "25\r\n",
            "99 x\r\n",
            "700 x\r\n",
            "250_x\r\n",
            "250-a\r\n251 b\r\n",
            "2é0 x\r\n",
            &format!("250 {}\r\n", "x".repeat(3_000)),
            &"250-x\r\n".repeat(200),
        ] {
            assert_eq!(
                read(text).unwrap_err().kind(),
                ErrorKind::InvalidData,
                "{text:.40}"
            );
        }
        for text in ["", "250", "250-a\r\n"] {
            assert_eq!(read(text).unwrap_err().kind(), ErrorKind::UnexpectedEof, "{text}");
        }
    }

    #[test]
    fn people_are_shown_one_short_line() {
        let reply = read(&format!("550-no\x1b[31m\r\n550 {}\r\n", "long ".repeat(200))).unwrap();
        let shown = reply.shown();
        assert!(shown.starts_with("no [31m long"), "{shown}");
        assert!(shown.len() <= SHOWN && !shown.contains('\x1b'));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_an_answer_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
            if let Ok(reply) = read_reply(&mut bytes.as_slice()) {
                prop_assert!((200..600).contains(&reply.code) && !reply.lines.is_empty());
            }
        }
    }
}
