//! What a bus promises, held against both kinds: within a process, and a real NATS server.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_store::TenantId;
use bartizan_store::bus::{Bus, BusError, BusState, Event, Heard, Listener, Local, NatsOptions};
use bartizan_testbed::{Nats, authority, certificate};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Two ends of one bus: what one server tells, another one hears.
struct Both {
    runtime: Runtime,
    one: Bus,
    other: Arc<Bus>,
    _server: Option<Nats>,
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn options(url: &str) -> NatsOptions {
    NatsOptions {
        url: url.parse().unwrap(),
        credentials: None,
        authorities: None,
        certificate: None,
    }
}

async fn connect(options: &NatsOptions) -> Result<Bus, BusError> {
    bartizan_store::bus::Nats::connect(options, "harbour")
        .await
        .map(|nats| Bus::Nats(Box::new(nats)))
}

fn local() -> Both {
    let local = Arc::new(Local::default());
    Both {
        runtime: runtime(),
        one: Bus::Local(Arc::clone(&local)),
        other: Arc::new(Bus::Local(local)),
        _server: None,
    }
}

fn nats() -> Both {
    let server = Nats::start("", &[]).unwrap();
    let runtime = runtime();
    let open = || runtime.block_on(connect(&options(&server.url()))).unwrap();
    let (one, other) = (open(), Arc::new(open()));
    let mut both = Both {
        runtime,
        one,
        other,
        _server: Some(server),
    };
    both.settle();
    both
}

const ONE: TenantId = TenantId(1);
const TWO: TenantId = TenantId(2);

fn event(tenant: TenantId, seq: i64) -> Event {
    Event {
        tenant,
        seq,
        body: format!("{{\"seq\":{seq}}}").into_bytes(),
    }
}

impl Both {
    /// Waits until what is told at one end is heard at the other.
    fn settle(&mut self) {
        let mut listener = self.other.listen();
        self.tell(TenantId(99), 0);
        while self.hear(&mut listener) != Some(Heard::Grew(TenantId(99))) {}
    }

    fn tell(&self, tenant: TenantId, seq: i64) {
        self.runtime
            .block_on(self.one.publish(&event(tenant, seq)))
            .unwrap();
    }

    fn hear(&self, listener: &mut Listener) -> Option<Heard> {
        let next = async { tokio::time::timeout(Duration::from_secs(5), listener.next()).await };
        self.runtime.block_on(next).ok()
    }

    /// Everything that is heard until nothing is for a while.
    fn heard(&self, listener: &mut Listener) -> Vec<Heard> {
        let all = async {
            let mut heard = Vec::new();
            while let Ok(next) = tokio::time::timeout(Duration::from_millis(300), listener.next()).await {
                heard.push(next);
            }
            heard
        };
        self.runtime.block_on(all)
    }
}

macro_rules! on_both_kinds {
    ($($name:ident),+ $(,)?) => {
        mod within_a_process {
            $(#[test]
            fn $name() {
                super::$name(&super::local());
            })+
        }
        mod between_servers {
            $(#[test]
            fn $name() {
                super::$name(&super::nats());
            })+
        }
    };
}

on_both_kinds!(
    whoever_listens_hears_of_each_log_that_grew,
    what_is_told_twice_is_heard_once,
    nobody_who_listens_holds_up_who_tells_and_a_gap_is_told,
    that_nobody_listens_is_no_error,
);

fn whoever_listens_hears_of_each_log_that_grew(both: &Both) {
    let (mut here, mut there) = (both.one.listen(), both.other.listen());
    both.tell(ONE, 0);
    both.tell(TWO, 0);
    both.tell(ONE, 1);
    let expected = [Heard::Grew(ONE), Heard::Grew(TWO), Heard::Grew(ONE)];
    assert_eq!(both.heard(&mut here), expected);
    assert_eq!(both.heard(&mut there), expected);
    assert_eq!(*both.one.state().borrow(), BusState::Up);
}

fn what_is_told_twice_is_heard_once(both: &Both) {
    let mut listener = both.other.listen();
    for seq in [0, 0, 1, 0, 1, 2] {
        both.tell(ONE, seq);
    }
    assert_eq!(both.heard(&mut listener), [Heard::Grew(ONE); 3]);
}

fn nobody_who_listens_holds_up_who_tells_and_a_gap_is_told(both: &Both) {
    let mut listener = both.other.listen();
    for seq in 0..1_500 {
        both.tell(ONE, seq);
    }
    both.tell(TWO, 0);
    let heard = both.heard(&mut listener);
    assert_eq!(heard.first(), Some(&Heard::Gap));
    assert_eq!(heard.last(), Some(&Heard::Grew(TWO)));
}

fn that_nobody_listens_is_no_error(both: &Both) {
    both.tell(ONE, 0);
    assert_eq!(both.other.listen().already(), None);
}

/// How many messages the stream has, and the identities of all, the first first.
fn kept(runtime: &Runtime, url: &str) -> Vec<String> {
    runtime.block_on(async {
        let client = async_nats::connect(url).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let stream = context.get_stream("BARTIZAN").await.unwrap();
        let state = &stream.cached_info().state;
        let mut kept = Vec::new();
        for seq in state.first_sequence..=state.last_sequence {
            let message = stream.get_raw_message(seq).await.unwrap();
            kept.push(message.headers.get("Nats-Msg-Id").unwrap().to_string());
        }
        kept
    })
}

#[test]
fn a_server_that_is_killed_and_started_again_has_everything_that_was_told_once() {
    let server = Nats::start("", &[]).unwrap();
    let runtime = runtime();
    let bus = runtime.block_on(connect(&options(&server.url()))).unwrap();
    let mut listener = bus.listen();
    for seq in 0..20 {
        runtime.block_on(bus.publish(&event(ONE, seq))).unwrap();
    }
    server.kill();
    let mut state = bus.state();
    let lost = state.wait_for(|state| matches!(state, BusState::Lost(_)));
    runtime.block_on(lost).unwrap();
    let refused = runtime.block_on(bus.publish(&event(ONE, 20)));
    assert!(matches!(refused, Err(BusError::Unreachable(_))), "{refused:?}");
    while listener.already().is_some() {}
    server.start_again().unwrap();
    runtime
        .block_on(async {
            let up = state.wait_for(|state| *state == BusState::Up);
            tokio::time::timeout(Duration::from_secs(20), up)
                .await
                .map(|up| up.map(|_| ()))
        })
        .unwrap()
        .unwrap();
    // Whoever listens looks at everything: something may have been missed.
    assert_eq!(runtime.block_on(listener.next()), Heard::Gap);
    // Who does not know how far it came tells all of it again.
    for seq in 0..30 {
        runtime.block_on(bus.publish(&event(ONE, seq))).unwrap();
    }
    let expected: Vec<String> = (0..30).map(|seq| format!("harbour.1.{seq}")).collect();
    assert_eq!(kept(&runtime, &server.url()), expected);
}

#[test]
fn what_is_told_again_after_the_stream_forgot_its_identity_is_there_once() {
    let server = Nats::start("", &[]).unwrap();
    let runtime = runtime();
    runtime.block_on(async {
        let client = async_nats::connect(server.url()).await.unwrap();
        let wanted = async_nats::jetstream::stream::Config {
            name: "BARTIZAN".to_owned(),
            subjects: vec!["bartizan.>".to_owned()],
            duplicate_window: Duration::from_millis(100),
            ..Default::default()
        };
        async_nats::jetstream::new(client)
            .create_stream(wanted)
            .await
            .unwrap();
    });
    for _ in 0..2 {
        let bus = runtime.block_on(connect(&options(&server.url()))).unwrap();
        for seq in 0..5 {
            runtime.block_on(bus.publish(&event(ONE, seq))).unwrap();
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(kept(&runtime, &server.url()).len(), 5);
}

#[test]
fn a_bus_that_is_not_there_yet_is_had_once_it_is() {
    let server = Nats::start("", &[]).unwrap();
    server.kill();
    let runtime = runtime();
    let bus = runtime.block_on(connect(&options(&server.url()))).unwrap();
    let mut state = bus.state();
    assert!(matches!(*state.borrow(), BusState::Lost(_)));
    server.start_again().unwrap();
    runtime
        .block_on(state.wait_for(|state| *state == BusState::Up))
        .unwrap();
    runtime.block_on(bus.publish(&event(ONE, 0))).unwrap();
    assert_eq!(kept(&runtime, &server.url()), ["harbour.1.0"]);
}

#[test]
fn without_jetstream_there_is_no_bus() {
    let server = Nats::start("# without jetstream", &[]).unwrap();
    let refused = runtime().block_on(connect(&options(&server.url())));
    assert!(matches!(&refused, Err(BusError::Stream(_))), "{refused:?}");
    assert!(refused.unwrap_err().help().contains("-js"));
}

#[test]
fn a_stream_that_is_full_is_told_and_the_bus_is_up_again_when_there_is_room() {
    let server = Nats::start("", &[]).unwrap();
    let runtime = runtime();
    let context = runtime
        .block_on(async { async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap()) });
    let wanted = async_nats::jetstream::stream::Config {
        name: "BARTIZAN".to_owned(),
        subjects: vec!["bartizan.>".to_owned()],
        max_messages: 1,
        discard: async_nats::jetstream::stream::DiscardPolicy::New,
        ..Default::default()
    };
    runtime.block_on(context.create_stream(wanted)).unwrap();
    let bus = runtime.block_on(connect(&options(&server.url()))).unwrap();
    runtime.block_on(bus.publish(&event(ONE, 0))).unwrap();
    let refused = runtime.block_on(bus.publish(&event(ONE, 1)));
    assert!(matches!(refused, Err(BusError::NotTaken(_))), "{refused:?}");
    assert!(matches!(*bus.state().borrow(), BusState::Failing(_)));
    runtime.block_on(async {
        context
            .get_stream("BARTIZAN")
            .await
            .unwrap()
            .purge()
            .await
            .unwrap()
    });
    runtime.block_on(bus.publish(&event(ONE, 1))).unwrap();
    assert_eq!(*bus.state().borrow(), BusState::Up);
}

/// Words that let one in, made when the test runs.
fn word(name: &str) -> String {
    format!("{name}-{}", std::process::id())
}

#[test]
fn only_the_right_password_or_token_lets_one_in() {
    let word = word("tide");
    for (settings, right, wrong) in [
        (
            format!("authorization {{ user: harbour, password: \"{word}\" }}"),
            format!("harbour:{word}"),
            format!("harbour:{word}x"),
        ),
        (
            format!("authorization {{ token: \"{word}\" }}"),
            word.clone(),
            format!("{word}x"),
        ),
    ] {
        let server = Nats::start(&settings, &[]).unwrap();
        let open = |login: &str| {
            let url = format!("nats://{login}127.0.0.1:{}", server.port());
            runtime().block_on(connect(&options(&url)))
        };
        assert!(open(&format!("{right}@")).is_ok());
        for login in [String::new(), format!("{wrong}@")] {
            let refused = open(&login);
            assert!(matches!(&refused, Err(BusError::Refused(_))), "{refused:?}");
            assert!(!format!("{refused:?}").contains(&word));
        }
    }
}

#[test]
fn a_file_of_credentials_lets_one_in() {
    let made = credentials();
    let server = Nats::start(&made.settings, &[]).unwrap();
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("harbour.creds");
    std::fs::write(&file, &made.credentials).unwrap();
    let with = |file: Option<&Path>| NatsOptions {
        credentials: file.map(Path::to_owned),
        ..options(&server.url())
    };
    assert!(runtime().block_on(connect(&with(Some(&file)))).is_ok());
    let refused = runtime().block_on(connect(&with(None)));
    assert!(matches!(&refused, Err(BusError::Refused(_))), "{refused:?}");
    let missing = runtime().block_on(connect(&with(Some(&files.path().join("none")))));
    assert!(matches!(&missing, Err(BusError::File(_))), "{missing:?}");
}

/// An operator, an account and a user of it, as `nsc` would make them.
struct Credentials {
    settings: String,
    credentials: String,
}

fn credentials() -> Credentials {
    use nkeys::KeyPair;
    let (operator, account, user) = (
        KeyPair::new_operator(),
        KeyPair::new_account(),
        KeyPair::new_user(),
    );
    let unlimited = "\"subs\":-1,\"data\":-1,\"payload\":-1";
    let operator_jwt = jwt(
        &operator,
        &operator,
        "operator",
        "\"type\":\"operator\",\"version\":2",
    );
    let limits = format!(
        "\"limits\":{{{unlimited},\"imports\":-1,\"exports\":-1,\"wildcards\":true,\"conn\":-1,\"leaf\":-1,\"mem_storage\":-1,\
         \"disk_storage\":-1,\"streams\":-1,\"consumer\":-1}},\"type\":\"account\",\"version\":2"
    );
    let system = KeyPair::new_account();
    let system_jwt = jwt(
        &system,
        &operator,
        "SYS",
        &limits.replace("_storage\":-1", "_storage\":0"),
    );
    let account_jwt = jwt(&account, &operator, "account", &limits);
    let user_jwt = jwt(
        &user,
        &account,
        "user",
        &format!("{unlimited},\"type\":\"user\",\"version\":2"),
    );
    Credentials {
        settings: format!(
            "operator: \"{operator_jwt}\"\nsystem_account: {1}\nresolver: MEMORY\nresolver_preload: {{ {0}: \"{account_jwt}\", {1}: \"{system_jwt}\" }}",
            account.public_key(),
            system.public_key()
        ),
        credentials: format!(
            "-----BEGIN NATS USER JWT-----\n{user_jwt}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            user.seed().unwrap()
        ),
    }
}

/// A token in the form of NATS.
fn jwt(of: &nkeys::KeyPair, by: &nkeys::KeyPair, name: &str, nats: &str) -> String {
    let head = base64("{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}".as_bytes());
    let claims = format!(
        "{{\"jti\":\"{name}\",\"iat\":1700000000,\"iss\":\"{}\",\"name\":\"{name}\",\"sub\":\"{}\",\"nats\":{{{nats}}}}}",
        by.public_key(),
        of.public_key()
    );
    let text = format!("{head}.{}", base64(claims.as_bytes()));
    let signature = by.sign(text.as_bytes()).unwrap();
    format!("{text}.{}", base64(&signature))
}

/// <https://www.rfc-editor.org/rfc/rfc4648#section-5>, without padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(DIGITS[(bits >> (18 - 6 * place) & 63) as usize] as char);
        }
    }
    text
}

/// `ca`, who signed `server` and `client`, and `other`, who signed nothing.
fn certificates() -> tempfile::TempDir {
    let files = tempfile::tempdir().unwrap();
    for name in ["ca", "other"] {
        authority(files.path(), name).unwrap();
    }
    for name in ["server", "client"] {
        certificate(files.path(), name, name, "ca", "IP:127.0.0.1").unwrap();
    }
    files
}

#[test]
fn over_tls_only_the_named_authority_is_believed_and_a_certificate_can_be_shown() {
    let files = certificates();
    let path = files.path();
    let content = |name: &str| std::fs::read(path.join(name)).unwrap();
    let server = Nats::start(
        "tls { cert_file: \"{directory}/server.crt\", key_file: \"{directory}/server.key\", ca_file: \"{directory}/ca.crt\", verify: true }",
        &[
            ("server.crt", content("server.crt")),
            ("server.key", content("server.key")),
            ("ca.crt", content("ca.crt")),
        ],
    )
    .unwrap();
    let open = |authority: Option<&str>, shows: bool| {
        let asked = NatsOptions {
            authorities: authority.map(|name| path.join(name)),
            certificate: shows.then(|| (path.join("client.crt"), path.join("client.key"))),
            ..options(&format!("tls://127.0.0.1:{}", server.port()))
        };
        runtime().block_on(connect(&asked))
    };
    assert!(open(Some("ca.crt"), true).is_ok());
    for authority in [Some("other.crt"), None] {
        let refused = open(authority, true);
        assert!(matches!(&refused, Err(BusError::Untrusted(_))), "{refused:?}");
    }
    let nameless = open(Some("ca.crt"), false);
    assert!(nameless.is_err(), "{nameless:?}");
    let missing = open(Some("none.crt"), true);
    assert!(matches!(&missing, Err(BusError::File(_))), "{missing:?}");
}

#[test]
fn a_server_that_speaks_no_tls_is_refused_where_it_was_asked_for() {
    let server = Nats::start("", &[]).unwrap();
    let asked = options(&format!("tls://127.0.0.1:{}", server.port()));
    let refused = runtime().block_on(connect(&asked));
    assert!(refused.is_err() || *refused.unwrap().state().borrow() != BusState::Up);
}
