//! A small client: one connection a request, and everything of the answer.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A request that is being put together.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    at: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Ask {
    pub(crate) fn new(at: SocketAddr, method: &str, path: &str) -> Self {
        Self {
            at,
            method: method.to_uppercase(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn browser(self, browser: &Browser) -> Self {
        self.header("cookie", &browser.cookie)
            .header("x-bartizan-csrf", &browser.csrf)
            .header("sec-fetch-site", "same-origin")
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    /// Of an answer that may be anything: its status and its bytes.
    pub(crate) fn bytes(self) -> (u16, Vec<u8>) {
        let bytes = self.exchange();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, bytes[end + 4..].to_vec())
    }

    pub(crate) fn form(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn send(self) -> Answer {
        Answer::read(&String::from_utf8_lossy(&self.exchange()))
    }

    fn exchange(self) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.method, self.path, self.at
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        let mut stream = TcpStream::connect(self.at).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // Who is refused early closes before it has read everything.
        let _ = stream.write_all(&self.body);
        let mut bytes = Vec::new();
        let mut part = [0; 4_096];
        loop {
            let count = stream.read(&mut part).unwrap();
            bytes.extend_from_slice(&part[..count]);
            // Events go on for ever: the first one is the answer.
            if count == 0 || is_first_event(&bytes) {
                break;
            }
        }
        bytes
    }
}

/// Whether these are the head of a stream of events and one event.
fn is_first_event(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        head.to_lowercase().contains("content-type: text/event-stream") && body.contains("\n\n")
    })
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        });
        Self {
            status: status.parse().unwrap(),
            headers: headers.collect(),
            text: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every header of this name.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Everything that was sent, headers and body.
    pub(crate) fn everything(&self) -> String {
        format!("{:?}\n{}", self.headers, self.text)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The answer, where it is of this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// What it sends as `Cookie`.
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    /// As it is after an answer that signed somebody in.
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        let cookie = answer
            .header("set-cookie")
            .unwrap_or_else(|| panic!("{answer:?}"));
        Self {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: answer.json()["csrf"].as_str().unwrap().to_owned(),
        }
    }
}
