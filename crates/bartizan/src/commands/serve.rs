//! `bartizan serve`: run the control plane.

use crate::args::{Common, DatabaseArgs, ServeArgs};
use crate::error::{Code, Error, Outcome};
use crate::place;
use crate::scan::{Place, common_flags, load_config};
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_server::notify::{NotifyOptions, key};
use bartizan_server::{Event, ServeError, ServeOptions, serve};
use bartizan_source::http::Url;
use bartizan_store::{DatabaseUrl, Options, Store, StoreError};
use std::path::PathBuf;

/// Listens until it is told to stop.
pub(crate) fn run(common: &Common, args: &ServeArgs, terminal: Terminal) -> Outcome {
    let config = configuration(common)?;
    if !args.listen.ip().is_loopback() && !args.behind_proxy {
        return Err(Error::usage(
            format!(
                "{} can be reached from other machines, and what is said there would not be encrypted",
                args.listen
            ),
            "listen on 127.0.0.1, or put a proxy that speaks TLS in front and say --behind-proxy",
        ));
    }
    let store = store(&config, &args.database)?;
    terminal.note(format!("database: {}", store.url()));
    let options = ServeOptions {
        listen: args.listen,
        behind_proxy: args.behind_proxy,
        new_link: args.new_link.clone(),
        new_token: args.new_token.clone(),
        requests_per_minute: args.requests_per_minute,
        notify: telling(&config, args)?,
    };
    serve(store, options, &|event| match event {
        Event::Upgraded { from: 0, to } => terminal.note(format!("schema {to} was laid")),
        Event::Upgraded { from, to } => terminal.note(format!("schema {from} was renewed to {to}")),
        Event::Link { login, link } => terminal.note(format!(
            "{login} sets a password here, once and within a day: http://{}/#/setup/{link}",
            args.listen
        )),
        Event::Token(token) => {
            let _ = crate::output::print(format!("{token}\n"));
        }
        Event::Listening(address) => terminal.note(format!("listening on http://{address}; Ctrl-C stops")),
        Event::Stopping => terminal.note("finishing what was begun"),
    })?;
    Ok(0)
}

/// How others are told.
fn telling(config: &Config, args: &ServeArgs) -> Result<NotifyOptions, Error> {
    let file = match &args.secrets_key {
        Some(file) => file.clone(),
        None => data_dir(config, "--secrets-key FILE", "a key")?.join("secrets.key"),
    };
    if let Some(url) = &args.public_url {
        Url::parse(url).map_err(|error| {
            Error::usage(
                format!("`{url}` cannot be the address of the console: {error}"),
                "name it with --public-url as people see it: https://HOST",
            )
        })?;
    }
    Ok(NotifyOptions {
        key: key::load_or_make(&file).map_err(|error| Error::usage(error.to_string(), error.help()))?,
        private: args.notify_private,
        ca_files: config.path("network.ca-file").into_iter().collect(),
        console: args.public_url.clone(),
    })
}

fn data_dir(config: &Config, option: &str, what: &str) -> Result<PathBuf, Error> {
    place::data_dir(config).ok_or_else(|| {
        Error::usage(
            "there is no data directory: neither XDG_DATA_HOME nor HOME is set",
            format!("name one with `--data-dir DIR`, or {what} with `{option}`"),
        )
    })
}

/// The configuration of where we are.
pub(super) fn configuration(common: &Common) -> Result<Config, Error> {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    load_config(common, &Place { current, start }, common_flags(common))
}

/// The database of the command line, the environment, or the data directory.
pub(super) fn url(config: &Config, args: &DatabaseArgs) -> Result<DatabaseUrl, Error> {
    let text = args
        .database
        .clone()
        .or_else(|| Machine.variable("BARTIZAN_PLANE_DATABASE"));
    match text {
        Some(text) => text
            .parse()
            .map_err(|error: bartizan_store::UrlError| Error::usage(error.to_string(), error.help())),
        None => Ok(DatabaseUrl::Sqlite(default_file(config)?)),
    }
}

fn default_file(config: &Config) -> Result<PathBuf, Error> {
    Ok(data_dir(config, "--database URL", "a database")?.join("control-plane.db"))
}

/// Opens the database.
pub(super) fn store(config: &Config, args: &DatabaseArgs) -> Result<Store, Error> {
    Ok(Store::open(&url(config, args)?, Options::default())?)
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self {
            message: error.to_string(),
            help: Some(error.help()),
            code: match error {
                StoreError::Newer { .. } => Code::Usage,
                StoreError::Refused(_) | StoreError::Misunderstood(_) => Code::Bug,
                _ => Code::Unknown,
            },
        }
    }
}

impl From<ServeError> for Error {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Store(error) => error.into(),
            other => Self {
                help: Some(other.help()),
                message: other.to_string(),
                code: Code::Usage,
            },
        }
    }
}
