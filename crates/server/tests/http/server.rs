//! A server on the loopback interface with a store of its own.

use crate::client::{Ask, Browser};
use bartizan_server::notify::NotifyOptions;
use bartizan_server::{App, AppOptions, LogKey, Role, Transport, router, secret, setup};
use bartizan_store::people::TokenRow;
use bartizan_store::{DatabaseUrl, Options, Store, StoreError, TenantId};
use bartizan_testbed::{Database, Engine};
use bartizan_trust::seal::SealKey;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A password that is long enough, from pieces.
pub(crate) fn password() -> String {
    ["correct", "horse", "battery"].join(" ")
}

/// How others are told: with a key of its own.
pub(crate) fn telling(private: bool) -> NotifyOptions {
    NotifyOptions {
        key: SealKey::new([7; 32]),
        private,
        ca_files: Vec::new(),
        console: Some("https://guard.example/".to_owned()),
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    pub(crate) app: App,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _own: Option<Database>,
}

/// Somebody of a tenant.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) tenant: TenantId,
    pub(crate) person: i64,
    pub(crate) login: String,
    pub(crate) role: Role,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::reached(Transport::Loopback)
    }

    pub(crate) fn reached(transport: Transport) -> Self {
        let database = Engine::Sqlite.database().unwrap();
        let mut server = Self::on(&database, transport);
        server._own = Some(database);
        server
    }

    pub(crate) fn on(database: &Database, transport: Transport) -> Self {
        let key = LogKey::generate().unwrap().0;
        Self::serving(database, |store| {
            App::reached(store, transport)
                .with_log_key(Some(key))
                .telling(telling(false))
        })
    }

    /// With these options.
    pub(crate) fn with(database: &Database, options: AppOptions) -> Self {
        Self::serving(database, |store| App::new(store, options))
    }

    /// Each token and session is held to so many requests a minute.
    pub(crate) fn held_to(per_credential: u32) -> Self {
        let database = Engine::Sqlite.database().unwrap();
        let mut server = Self::with(
            &database,
            AppOptions {
                requests_per_minute: per_credential,
                transport: Transport::Loopback,
                ..AppOptions::default()
            },
        );
        server._own = Some(database);
        server
    }

    /// What the logs say of themselves is signed with this key.
    pub(crate) fn signing(key: LogKey) -> Self {
        let database = Engine::Sqlite.database().unwrap();
        let app = |store| App::reached(store, Transport::Loopback).with_log_key(Some(key));
        let mut server = Self::serving(&database, app);
        server._own = Some(database);
        server
    }

    /// May tell this machine, when `private`.
    pub(crate) fn telling(database: &Database, private: bool) -> Self {
        Self::told_by(database, telling(private))
    }

    pub(crate) fn told_by(database: &Database, options: NotifyOptions) -> Self {
        Self::serving(database, |store| {
            App::reached(store, Transport::Loopback).telling(options)
        })
    }

    fn serving(database: &Database, app: impl FnOnce(Store) -> App) -> Self {
        let url: DatabaseUrl = database.url.parse().unwrap();
        let store = Store::open(&url, Options::default()).unwrap();
        store.upgrade().unwrap();
        let app = app(store);
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let served = app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let service = router(served).into_make_service_with_connect_info::<SocketAddr>();
                axum::serve(listener, service)
                    .with_graceful_shutdown(async {
                        let _ = stopped.await;
                    })
                    .await
                    .unwrap();
            });
        });
        Self {
            at: told.recv().unwrap(),
            app,
            stop: Some(stop),
            thread: Some(thread),
            _own: None,
        }
    }

    /// The same, and the database goes when it goes.
    pub(crate) fn keeping(mut self, database: Database) -> Self {
        self._own = Some(database);
        self
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        Ask::new(self.at, method, path)
    }

    pub(crate) fn store(&self) -> &Store {
        self.app.store()
    }

    /// The first administrator, signed in.
    pub(crate) fn administrator(&self) -> Browser {
        let link = setup::first_administrator(self.store(), self.app.now())
            .unwrap()
            .unwrap();
        self.follow(&link)
    }

    /// Whoever this link lets in, signed in.
    pub(crate) fn follow(&self, link: &str) -> Browser {
        let answer = self
            .ask("post", "/api/v1/setup")
            .json(&json!({ "secret": link, "password": password() }))
            .send()
            .is(200);
        Browser::of(&answer)
    }

    pub(crate) fn tenant(&self, name: &str) -> TenantId {
        let now = self.app.now();
        self.store()
            .write_all(|all| -> Result<_, StoreError> {
                match all.tenant(name)? {
                    Some(tenant) => Ok(tenant.id),
                    None => Ok(all.add_tenant(name, now)?.id),
                }
            })
            .unwrap()
    }

    pub(crate) fn member(&self, tenant: TenantId, login: &str, role: Role) -> Member {
        let now = self.app.now();
        let person = self
            .store()
            .write_all(|all| -> Result<_, StoreError> {
                let person = all.add_person(login, login, None, now)?;
                all.set_membership(tenant, person, Some(role.as_str()))?;
                Ok(person)
            })
            .unwrap();
        Member {
            tenant,
            person,
            login: login.to_owned(),
            role,
        }
    }

    pub(crate) fn browser(&self, member: &Member) -> Browser {
        let link = setup::new_link(self.store(), &member.login, self.app.now()).unwrap();
        self.follow(&link)
    }

    /// A token of somebody, with all of their rights, that ends at this time.
    pub(crate) fn token_until(&self, member: &Member, name: &str, expires: i64) -> String {
        let token = secret::new_token().unwrap();
        let row = TokenRow {
            id: bartizan_model::encoding::hex(&secret::random::<8>().unwrap()),
            tenant: member.tenant,
            person: member.person,
            name: name.to_owned(),
            role: member.role.as_str().to_owned(),
            created: self.app.now(),
            expires: Some(expires),
            used: None,
            revoked: None,
        };
        let hash = secret::hash(&token);
        self.store().write_all(|all| all.add_token(&hash, &row)).unwrap();
        token
    }

    pub(crate) fn token(&self, member: &Member) -> String {
        self.token_until(member, "a test", self.app.now() + 3_600_000)
    }

    /// What the ledger of a tenant says of access: (event, subject, detail, by), the first first.
    pub(crate) fn told(&self, tenant: TenantId) -> Vec<(String, String, String, String)> {
        let bodies = self.store().read(tenant, |session| -> Result<_, StoreError> {
            let mut bodies = Vec::new();
            for row in session.statements(0, i64::MAX)? {
                bodies.push((session.body(row.seq)?.unwrap_or_default(), row.pusher));
            }
            Ok(bodies)
        });
        let mut told = Vec::new();
        for (body, by) in bodies.unwrap() {
            let statement: Value = serde_json::from_slice(&body).unwrap();
            let predicate = &statement["predicate"];
            if predicate["action"] == "access" {
                let text = |field: &str| predicate[field].as_str().unwrap_or_default().to_owned();
                told.push((text("event"), text("subject"), text("detail"), by));
            }
        }
        told
    }

    /// Which events the ledger of a tenant has.
    pub(crate) fn events(&self, tenant: TenantId) -> Vec<String> {
        self.told(tenant).into_iter().map(|told| told.0).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.app.close();
        self.stop.take().map(|stop| stop.send(()));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
