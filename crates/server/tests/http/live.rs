//! Pages that hear of what is new.

use crate::server::Server;
use crate::told::{self, Words};
use bartizan_server::{Role, Transport};
use bartizan_store::TenantId;
use bartizan_testbed::{Database, on_both_engines};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

on_both_engines!(
    a_page_hears_of_every_statement_also_of_those_that_another_replica_took_in,
    a_page_goes_on_where_it_was,
);

/// A connection on which events come.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(at: SocketAddr, headers: &str) -> Self {
        let mut stream = TcpStream::connect(at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
            .write_all(format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\n{headers}\r\n").as_bytes())
            .unwrap();
        Self(BufReader::new(stream))
    }

    fn with_token(at: SocketAddr, token: &str, more: &str) -> Self {
        Self::open(at, &format!("authorization: Bearer {token}\r\n{more}"))
    }

    /// The next line that begins so, without that.
    fn next(&mut self, begins: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(
                self.0.read_line(&mut line).unwrap() > 0,
                "the stream ended before `{begins}`"
            );
            if let Some(rest) = line.trim_end().strip_prefix(begins) {
                return rest.trim().to_owned();
            }
        }
    }

    /// The kind and the id of the next event.
    fn event(&mut self) -> (String, i64) {
        let kind = self.next("event:");
        (kind, self.next("id:").parse().unwrap())
    }
}

fn tell(server: &Server, tenant: TenantId) {
    let shape = told::shape()
        .new_tree(&mut TestRunner::deterministic())
        .unwrap()
        .current();
    let by = ("somebody", server.app.now());
    told::tell(server.store(), tenant, by, &shape, &mut Words::of("live"));
}

fn a_page_hears_of_every_statement_also_of_those_that_another_replica_took_in(database: &Database) {
    let (one, two) = (
        Server::on(database, Transport::Loopback),
        Server::on(database, Transport::Loopback),
    );
    let (tenant, other) = (one.tenant("default"), one.tenant("other"));
    let token = one.token(&one.member(tenant, "ada", Role::Viewer));
    let mut stream = Stream::with_token(one.at, &token, "");
    assert_eq!(stream.next("HTTP/1.1 "), "200 OK");
    assert_eq!(stream.next("content-type:"), "text/event-stream");
    assert_eq!(stream.event(), ("hello".to_owned(), -1));
    // What another tenant is told shows here in no way.
    tell(&two, other);
    tell(&two, tenant);
    let size = two.store().read(tenant, |session| session.log_size()).unwrap();
    for seq in 0..size {
        assert_eq!(stream.event(), ("statement".to_owned(), seq));
    }
}

fn a_page_goes_on_where_it_was(database: &Database) {
    let server = Server::on(database, Transport::Loopback);
    let tenant = server.tenant("default");
    let token = server.token(&server.member(tenant, "ada", Role::Viewer));
    tell(&server, tenant);
    let size = server.store().read(tenant, |session| session.log_size()).unwrap();
    let mut stream = Stream::with_token(server.at, &token, "last-event-id: 0\r\n");
    assert_eq!(stream.event(), ("hello".to_owned(), 0));
    assert_eq!(stream.event(), ("statement".to_owned(), 1));
    // An id that is none of this log is as good as none.
    for id in ["999999", "-7", "x"] {
        let mut stream = Stream::with_token(server.at, &token, &format!("last-event-id: {id}\r\n"));
        assert_eq!(stream.event(), ("hello".to_owned(), size - 1), "{id}");
    }
}

#[test]
fn one_person_does_not_take_all_places() {
    let server = Server::start();
    let tenant = server.tenant("default");
    let token = server.token(&server.member(tenant, "ada", Role::Viewer));
    let open: Vec<Stream> = (0..20)
        .map(|_| {
            let mut stream = Stream::with_token(server.at, &token, "");
            assert_eq!(stream.next("HTTP/1.1 "), "200 OK");
            stream.event();
            stream
        })
        .collect();
    let answer = server.ask("get", "/api/v1/events").token(&token).send().is(429);
    assert_eq!(answer.header("retry-after"), Some("30"));
    let other = server.token(&server.member(tenant, "bob", Role::Viewer));
    server.ask("get", "/api/v1/events").token(&other).send().is(200);
    drop(open);
}

#[test]
fn pages_are_let_go_when_the_server_stops() {
    let server = Server::start();
    let tenant = server.tenant("default");
    let token = server.token(&server.member(tenant, "ada", Role::Viewer));
    let mut stream = Stream::with_token(server.at, &token, "");
    stream.event();
    let began = std::time::Instant::now();
    drop(server);
    assert!(began.elapsed() < Duration::from_secs(10));
    let mut rest = String::new();
    while stream.0.read_line(&mut rest).is_ok_and(|count| count > 0) {}
}
