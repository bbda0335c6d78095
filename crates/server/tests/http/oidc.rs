//! Signing in through another server: the whole way with a real one, which `scripts/setup.sh test` installs, and with one that lies.

use crate::client::{Answer, Ask};
use crate::server::{Server, password};
use bartizan_server::{AppOptions, OidcSettings, Role, Transport};
use bartizan_testbed::{Database, Engine};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where browsers are told to come back to; the browser of the tests knows where that really is.
const PUBLIC: &str = "http://127.0.0.1:9";
const AWAY: &str = "bartizan-away";

/// A program of `tests/provider` that answers until it is dropped.
struct Provider {
    child: Child,
    at: SocketAddr,
}

impl Provider {
    fn issuer(&self) -> String {
        format!("http://{}", self.at)
    }

    fn start(script: &str, arguments: &[&str], secret: &str) -> Self {
        let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
        let mut child = Command::new("node")
            .arg(directory.join(script))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is not there: run scripts/setup.sh test");
        child.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines
            .find_map(|line| line.ok().filter(|line| line.starts_with("http://")))
            .expect("the provider does not start: run scripts/setup.sh test");
        // What it says later has somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        let at = line.strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, at }
    }

    /// A real one, whose key is of this kind.
    fn real(kind: &str, secret: &str) -> Self {
        let redirect = format!("{PUBLIC}/api/v1/oidc/callback");
        Self::start("provider.mjs", &[&redirect, &format!("{PUBLIC}/"), kind], secret)
    }

    fn hostile() -> Self {
        Self::start("hostile.mjs", &[], "")
    }

    fn post(&self, path: &str, body: &Value) {
        Ask::new(self.at, "post", path).json(body).send().is(200);
    }

    fn told(&self) -> Value {
        Ask::new(self.at, "get", "/told").send().is(200).json()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Cookies, as a browser keeps them.
#[derive(Debug, Default, Clone)]
struct Jar(BTreeMap<String, String>);

impl Jar {
    fn take(&mut self, answer: &Answer) {
        for line in answer.headers("set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || line.contains("Max-Age=0") || line.contains("01 Jan 1970") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn on(&self, ask: Ask) -> Ask {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        ask.header("cookie", &pairs.join("; "))
    }
}

/// The rest of an address, behind scheme and host.
fn path_of(address: &str) -> &str {
    address
        .strip_prefix("http://")
        .map_or(address, |rest| &rest[rest.find('/').unwrap()..])
}

fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
        .unwrap_or_else(|| panic!("no {name} in {address}"))
        .to_owned()
}

fn location(answer: &Answer) -> String {
    answer
        .header("location")
        .unwrap_or_else(|| panic!("{answer:?}"))
        .to_owned()
}

fn secret() -> String {
    bartizan_server::secret::new().unwrap()
}

fn served(database: &Database, issuer: &str, (secret, more): (&str, &str)) -> Server {
    let text = format!(
        "issuer = '{issuer}'\nclient-id = 'bartizan'\npublic-url = '{PUBLIC}'\nname = 'Harbour'\n{more}"
    );
    let settings = OidcSettings::read(&text)
        .unwrap()
        .with_secret(Some(secret.to_owned()));
    let server = Server::with(
        database,
        AppOptions {
            transport: Transport::Loopback,
            oidc: Some(settings),
            ..AppOptions::default()
        },
    );
    server.tenant("default");
    server
}

/// Sends a browser on its way; out comes where to.
fn sent(server: &Server, jar: &mut Jar) -> String {
    let answer = server.ask("get", "/api/v1/oidc/start").send().is(303);
    jar.take(&answer);
    location(&answer)
}

/// Signs in at the real server as this subject; out comes with what it sends the browser back.
fn consented(provider: &Provider, address: &str, subject: &str) -> String {
    let mut jar = Jar::default();
    let mut next = path_of(address).to_owned();
    for _ in 0..12 {
        let mut ask = Ask::new(provider.at, "get", &next);
        if next.starts_with("/interaction/") {
            let page = jar.on(ask).send().is(200);
            let prompt = if page.text.contains("value=\"login\"") {
                "login"
            } else {
                "consent"
            };
            ask = Ask::new(provider.at, "post", &next)
                .form(&format!("prompt={prompt}&login={subject}&password=x"));
        }
        let answer = jar.on(ask).send();
        jar.take(&answer);
        let to = location(&answer);
        if to.starts_with(PUBLIC) {
            return path_of(&to).to_owned();
        }
        next = path_of(&to).to_owned();
    }
    panic!("the provider sends us in circles");
}

/// The whole way. Out comes the answer to the last step, and what the browser has then.
fn walked(server: &Server, provider: &Provider, subject: &str) -> (Answer, Jar) {
    let mut jar = Jar::default();
    let address = sent(server, &mut jar);
    let back = consented(provider, &address, subject);
    let answer = jar.on(server.ask("get", &back)).send();
    jar.take(&answer);
    (answer, jar)
}

/// Who a browser is signed in as.
fn who(server: &Server, jar: &Jar) -> Value {
    jar.on(server.ask("get", "/api/v1/session")).send().is(200).json()
}

const GRANTS: &str = "scopes = ['openid', 'profile', 'email', 'groups']\nadmit = 'granted'\nallowed-domains = ['example.com']\n\
    [[grant]]\ntenant = 'default'\nrole = 'viewer'\ngroup = 'all'\n\
    [[grant]]\ntenant = 'default'\nrole = 'responder'\ngroup = 'security'\n\
    [[grant]]\ntenant = 'other'\nrole = 'developer'\ngroup = 'security'\n";

fn claims(login: &str, groups: &[&str]) -> Value {
    json!({ "email": format!("{login}@example.com"), "email_verified": true, "name": "Some Body", "groups": groups })
}

fn real(kind: &str, more: &str) -> (Provider, Server) {
    let word = secret();
    let provider = Provider::real(kind, &word);
    let database = Engine::Sqlite.database().unwrap();
    let server = served(&database, &provider.issuer(), (&word, more)).keeping(database);
    (provider, server)
}

#[test]
fn somebody_signs_in_through_a_real_server_whatever_it_signs_with() {
    for kind in ["RS256", "ES256", "EdDSA"] {
        let (provider, server) = real(kind, GRANTS);
        server.tenant("other");
        provider.post("/claims/anna", &claims("Anna", &["all", "security"]));
        let (answer, jar) = walked(&server, &provider, "anna");
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/")),
            "{kind}: {answer:?}"
        );
        assert!(!jar.0.contains_key(AWAY), "{kind}");
        let session = who(&server, &jar);
        assert_eq!(session["login"], "anna@example.com", "{kind}");
        assert_eq!(
            (&session["tenant"], &session["role"]),
            (&json!("default"), &json!("responder"))
        );
        assert_eq!(
            (&session["name"], &session["has_password"]),
            (&json!("Some Body"), &json!(false))
        );
        let tenants = jar
            .on(server.ask("get", "/api/v1/session/tenants"))
            .send()
            .is(200)
            .json();
        assert_eq!(
            tenants["items"][1],
            json!({ "tenant": "other", "role": "developer", "is_current": false })
        );
        let events = server.events(server.tenant("default"));
        assert_eq!(events, ["person-added", "sign-in"]);
    }
}

#[test]
fn a_change_of_keys_is_noticed_when_the_next_one_signs_in() {
    let (provider, server) = real("ES256", GRANTS);
    provider.post("/claims/anna", &claims("anna", &["all"]));
    for _ in 0..3 {
        assert_eq!(location(&walked(&server, &provider, "anna").0), "/");
        provider.post("/rotate", &json!({}));
    }
}

#[test]
fn what_groups_give_and_take_holds_from_the_next_sign_in() {
    let (provider, server) = real("ES256", GRANTS);
    let role = |groups: &[&str]| {
        provider.post("/claims/anna", &claims("anna", groups));
        let (answer, jar) = walked(&server, &provider, "anna");
        match jar.0.contains_key("bartizan") {
            true => who(&server, &jar)["role"].as_str().unwrap().to_owned(),
            false => answer.json()["detail"].as_str().unwrap().to_owned(),
        }
    };
    assert_eq!(role(&["all"]), "viewer");
    assert_eq!(role(&["security", "all"]), "responder");
    assert_eq!(role(&["all"]), "viewer");
    assert!(role(&[]).contains("belong to no tenant"));
    assert_eq!(role(&["all"]), "viewer");
}

#[test]
fn who_may_not_come_in_is_told_so_and_leaves_no_account() {
    let (provider, server) = real("ES256", GRANTS);
    for (subject, said) in [
        (
            "unverified",
            json!({ "email": "a@example.com", "email_verified": false, "groups": ["all"] }),
        ),
        ("unsaid", json!({ "email": "a@example.com", "groups": ["all"] })),
        (
            "stranger",
            json!({ "email": "a@example.org", "email_verified": true, "groups": ["all"] }),
        ),
        (
            "like",
            json!({ "email": "a@notexample.com", "email_verified": true, "groups": ["all"] }),
        ),
        ("groupless", claims("a", &[])),
    ] {
        provider.post(&format!("/claims/{subject}"), &said);
        let (answer, jar) = walked(&server, &provider, subject);
        assert_eq!(answer.status, 403, "{subject}: {answer:?}");
        assert!(answer.json()["help"].as_str().is_some(), "{subject}");
        assert!(!jar.0.contains_key("bartizan"), "{subject}");
    }
    let people = server.store().read_all(|all| all.people()).unwrap();
    assert!(people.is_empty(), "{people:?}");
}

#[test]
fn accounts_are_joined_only_by_a_verified_address_and_passwords_only_where_allowed() {
    for (more, joins) in [("", false), ("link-passwords = true", true)] {
        let (provider, server) = real("ES256", more);
        let administrator = server.administrator();
        let tenant = server.tenant("default");
        server.member(tenant, "invited@example.com", Role::Developer);
        server.browser(&server.member(tenant, "owner@example.com", Role::Admin));
        provider.post("/claims/thief", &json!({ "email": "invited@example.com" }));
        walked(&server, &provider, "thief").0.is(403);
        provider.post("/claims/invited", &claims("invited", &[]));
        let (_, jar) = walked(&server, &provider, "invited");
        assert_eq!(who(&server, &jar)["role"], "developer");
        // The same address from somebody else does not take the account over.
        provider.post("/claims/second", &claims("invited", &[]));
        walked(&server, &provider, "second").0.is(403);
        provider.post("/claims/nobody", &claims("nobody", &[]));
        walked(&server, &provider, "nobody").0.is(403);
        provider.post("/claims/owner", &claims("owner", &[]));
        let (answer, _) = walked(&server, &provider, "owner");
        assert_eq!(answer.status == 303, joins, "{answer:?}");
        // The subject is what they are known by, whatever becomes of the address.
        provider.post(
            "/claims/invited",
            &json!({ "email": "moved@example.com", "email_verified": true }),
        );
        let (_, jar) = walked(&server, &provider, "invited");
        assert_eq!(who(&server, &jar)["login"], "invited@example.com");
        let person = server
            .store()
            .read_all(|all| all.person_by_login("invited@example.com"));
        server
            .ask(
                "patch",
                &format!("/api/v1/people/{}", person.unwrap().unwrap().id),
            )
            .browser(&administrator)
            .json(&json!({ "disabled": true }))
            .send()
            .is(200);
        walked(&server, &provider, "invited").0.is(403);
        assert!(server.events(tenant).contains(&"person-linked".to_owned()));
        // Passwords go on beside it.
        server
            .ask("post", "/api/v1/session")
            .json(&json!({ "login": "owner@example.com", "password": password() }))
            .send()
            .is(200);
    }
}

#[test]
fn the_last_administrator_stays_whatever_their_groups_say() {
    let more = "scopes = ['openid', 'email', 'groups']\nadmit = 'granted'\n[[grant]]\ntenant = 'default'\nrole = 'admin'\ngroup = 'security'\n";
    let (provider, server) = real("ES256", more);
    provider.post("/claims/anna", &claims("anna", &["security"]));
    walked(&server, &provider, "anna").0.is(303);
    provider.post("/claims/anna", &claims("anna", &[]));
    let (_, jar) = walked(&server, &provider, "anna");
    assert_eq!(who(&server, &jar)["role"], "admin");
}

#[test]
fn who_signs_out_is_told_where_to_sign_out_at_the_other_server_and_all_sessions_can_end() {
    let (provider, server) = real("ES256", GRANTS);
    provider.post("/claims/anna", &claims("anna", &["all"]));
    let (_, first) = walked(&server, &provider, "anna");
    let (_, second) = walked(&server, &provider, "anna");
    let csrf = who(&server, &first)["csrf"].as_str().unwrap().to_owned();
    let answer = first
        .on(server.ask("delete", "/api/v1/sessions"))
        .header("x-bartizan-csrf", &csrf)
        .send()
        .is(200);
    for jar in [&first, &second] {
        jar.on(server.ask("get", "/api/v1/session")).send().is(401);
    }
    let elsewhere = answer.json()["elsewhere"].as_str().unwrap().to_owned();
    assert!(elsewhere.starts_with(&provider.issuer()), "{elsewhere}");
    // The other server knows the address that we name, and leads back to it.
    let mut jar = Jar::default();
    let page = Ask::new(provider.at, "get", path_of(&elsewhere)).send().is(200);
    jar.take(&page);
    let after = page.text.split("name=\"xsrf\" value=\"").nth(1).unwrap();
    let form = format!("xsrf={}&logout=yes", after.split('"').next().unwrap());
    let answer = jar
        .on(Ask::new(provider.at, "post", "/session/end/confirm").form(&form))
        .send();
    assert_eq!(location(&answer), format!("{PUBLIC}/"));
}

/// A stand-in that says what a test wants, and a server that believes what it may believe.
struct Lies {
    provider: Provider,
    server: Server,
}

impl Lies {
    fn new(more: &str) -> Self {
        let provider = Provider::hostile();
        let database = Engine::Sqlite.database().unwrap();
        let server = served(&database, &provider.issuer(), ("word", more)).keeping(database);
        let tenant = server.tenant("default");
        server.member(tenant, "a@example.com", Role::Viewer);
        Self { provider, server }
    }

    fn claims(&self, nonce: &str) -> Value {
        let now = self.server.app.now() / 1_000;
        json!({
            "iss": self.provider.issuer(), "sub": "a", "aud": "bartizan", "exp": now + 300, "iat": now, "nonce": nonce,
            "email": "a@example.com", "email_verified": true,
        })
    }

    /// Sends a browser, has the stand-in say this (with claims over the honest ones), and brings the browser back.
    fn tell(&self, change: &Value) -> Answer {
        let mut jar = Jar::default();
        self.provider.post(
            "/say",
            &json!({ "document": change["document"], "userinfo": change["userinfo"] }),
        );
        let address = sent(&self.server, &mut jar);
        let mut claims = self.claims(&parameter(&address, "nonce"));
        for (name, value) in change["claims"].as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let mut said = change.clone();
        said["claims"] = claims;
        self.provider.post("/say", &said);
        let iss = change["returned"].as_str().unwrap_or_default();
        let back = format!(
            "/api/v1/oidc/callback?code=c&state={}{iss}",
            parameter(&address, "state")
        );
        jar.on(self.server.ask("get", &back)).send()
    }
}

#[test]
fn what_a_lying_server_signs_lets_nobody_in() {
    let mut lies = Lies::new("");
    let now = lies.server.app.now() / 1_000;
    let all = [
        (json!({ "alg": "none", "signer": "nobody" }), "algorithm `none`"),
        (json!({ "alg": "None", "signer": "nobody" }), "algorithm `None`"),
        (json!({ "signer": "nobody" }), "signature is not right"),
        (json!({ "alg": "HS256", "signer": "public" }), "algorithm `HS256`"),
        (json!({ "signer": "public" }), "signature is not right"),
        (json!({ "signer": "other" }), "signature is not right"),
        (json!({ "signer": "other", "kid": "other" }), "no key of the set"),
        (json!({ "alg": "ES256" }), "no key of the set"),
        (json!({ "claims": { "aud": "another" } }), "for somebody else"),
        (
            json!({ "claims": { "aud": ["bartizan", "another"] } }),
            "does not say who asked",
        ),
        (json!({ "claims": { "azp": "another" } }), "somebody else asked"),
        (
            json!({ "claims": { "iss": "https://id.example.com" } }),
            "another issuer",
        ),
        (json!({ "claims": { "nonce": "another" } }), "another sign-in"),
        (json!({ "claims": { "exp": now - 3_600 } }), "expired"),
        (json!({ "claims": { "iat": now + 3_600 } }), "from the future"),
        (json!({ "claims": { "iat": now - 3_600 } }), "long ago"),
        (json!({ "claims": { "sub": "" } }), "subject"),
        (json!({ "claims": { "exp": "never" } }), "missing or odd"),
    ];
    for (place, (lie, why)) in all.into_iter().enumerate() {
        // Fewer from one address than are held up.
        if place % 8 == 7 {
            lies = Lies::new("");
        }
        let answer = lies.tell(&lie);
        assert_eq!(answer.status, 401, "{lie}: {answer:?}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(why), "{lie}: {detail}");
        assert!(
            !answer
                .headers("set-cookie")
                .any(|line| line.starts_with("bartizan="))
        );
        // The same, told straight, lets them in: it was the lie that was refused.
        assert_eq!(
            lies.tell(&json!({})).is(303).header("location"),
            Some("/"),
            "{lie}"
        );
    }
}

#[test]
fn an_answer_from_another_server_is_a_mix_up() {
    let lies = Lies::new("");
    let honest = format!("&iss={}", lies.provider.issuer());
    for (told, is_in) in [
        (json!({ "returned": "&iss=https://id.example.com" }), false),
        (json!({ "returned": honest }), true),
        (json!({}), true),
    ] {
        assert_eq!(lies.tell(&told).status == 303, is_in, "{told}");
    }
    // One that always says whom it is from is not one that does not.
    let lies = Lies::new("");
    let says = json!({ "authorization_response_iss_parameter_supported": true });
    lies.tell(&json!({ "document": says })).is(401);
}

#[test]
fn what_is_said_besides_is_about_the_same_person() {
    let lies = Lies::new("");
    let besides = json!({ "sub": "b", "email": "a@example.com", "email_verified": true });
    let answer = lies.tell(&json!({ "userinfo": besides })).is(401);
    assert!(answer.text.contains("somebody else"), "{}", answer.text);
}

#[test]
fn another_issuer_in_the_description_is_refused_before_anybody_is_sent() {
    let lies = Lies::new("");
    for document in [
        json!({ "issuer": "https://id.example.com" }),
        json!({ "authorization_endpoint": "http://id.example.com/in-the-clear" }),
        json!({ "jwks_uri": "file:///etc/passwd" }),
    ] {
        lies.provider.post("/say", &json!({ "document": document }));
        let answer = lies.server.ask("get", "/api/v1/oidc/start").send();
        assert_eq!(answer.status, 503, "{document}: {answer:?}");
    }
}

#[test]
fn a_state_brings_one_browser_back_once() {
    let lies = Lies::new("");
    let (mut jar, mut other) = (Jar::default(), Jar::default());
    let callback = |jar: &Jar, state: &str| {
        let back = format!("/api/v1/oidc/callback?code=c&state={state}");
        jar.on(lies.server.ask("get", &back)).send()
    };
    let address = sent(&lies.server, &mut jar);
    lies.provider.post(
        "/say",
        &json!({ "claims": lies.claims(&parameter(&address, "nonce")) }),
    );
    let state = parameter(&address, "state");
    callback(&jar, &state).is(303);
    callback(&jar, &state).is(401);
    // Neither one that nobody was sent with, nor that of another browser, nor without the cookie, nor without a state.
    sent(&lies.server, &mut other);
    let stolen = parameter(&sent(&lies.server, &mut jar), "state");
    callback(&other, &stolen).is(401);
    callback(&jar, &stolen).is(401);
    callback(&jar, "made-up").is(401);
    callback(&jar, "").is(401);
    let forgotten = parameter(&sent(&lies.server, &mut jar), "state");
    callback(&Jar::default(), &forgotten).is(401);
    jar.on(lies.server.ask("get", "/api/v1/oidc/callback?code=c"))
        .send()
        .is(401);
    assert_eq!(lies.provider.told()["tokens"], 1);
}

#[test]
fn the_code_is_asked_with_the_proof_that_belongs_to_what_was_sent() {
    let lies = Lies::new("");
    let mut jar = Jar::default();
    let address = sent(&lies.server, &mut jar);
    assert_eq!(parameter(&address, "code_challenge_method"), "S256");
    assert_eq!(parameter(&address, "response_type"), "code");
    lies.tell(&json!({})).is(303);
    let told = lies.provider.told();
    let form = told["form"].as_str().unwrap();
    assert!(form.contains("grant_type=authorization_code&code=c&"), "{form}");
    assert!(form.contains("&code_verifier="), "{form}");
    assert!(!form.contains("client_secret"), "{form}");
    assert!(
        told["authorization"].as_str().unwrap().starts_with("Basic "),
        "{told}"
    );
}

#[test]
fn unknown_keys_do_not_make_us_ask_without_end() {
    let lies = Lies::new("");
    for _ in 0..12 {
        lies.tell(&json!({ "signer": "other", "kid": "other" })).is(401);
    }
    let asked = lies.provider.told()["keys"].as_u64().unwrap();
    assert!((2..=6).contains(&asked), "{asked}");
}

#[test]
fn a_browser_is_led_to_a_page_that_says_why_and_not_to_a_problem() {
    let lies = Lies::new("");
    let mut jar = Jar::default();
    let address = sent(&lies.server, &mut jar);
    let back = format!(
        "/api/v1/oidc/callback?error=access_denied&error_description=no&state={}",
        parameter(&address, "state")
    );
    let answer = jar
        .on(lies.server.ask("get", &back))
        .header("accept", "text/html,*/*")
        .send()
        .is(303);
    assert_eq!(location(&answer), "/#/sign-in/refused");
}

#[test]
fn another_site_cannot_begin_a_sign_in_and_without_settings_there_is_none() {
    let lies = Lies::new("");
    lies.server
        .ask("get", "/api/v1/oidc/start")
        .header("sec-fetch-site", "cross-site")
        .send()
        .is(403);
    assert_eq!(
        lies.server.ask("get", "/api/v1/oidc").send().json()["name"],
        "Harbour"
    );
    let plain = Server::start();
    assert_eq!(plain.ask("get", "/api/v1/oidc").send().is(200).json(), json!({}));
    plain.ask("get", "/api/v1/oidc/start").send().is(404);
    plain
        .ask("get", "/api/v1/oidc/callback?code=c&state=s")
        .send()
        .is(404);
}
