//! `bartizan serve`: run the control plane.

use crate::args::{Common, DatabaseArgs, ServeArgs};
use crate::error::{Code, Error, Outcome};
use crate::network;
use crate::output;
use crate::place;
use crate::scan::{Place, common_flags, load_config};
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_server::listen::TlsFiles;
use bartizan_server::notify::{NotifyOptions, key};
use bartizan_server::{
    Event, LogFormat, LogKey, LogKeyError, LogLevel, OidcSettings, ServeError, ServeOptions, TraceOptions,
    serve,
};
use bartizan_source::http::Url;
use bartizan_store::bus::{BusError, NatsOptions};
use bartizan_store::{DatabaseUrl, Options, Store, StoreError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Characters of a token for metrics at least.
const SHORTEST: usize = 16;

/// Listens until it is told to stop.
pub(crate) fn run(common: &Common, args: &ServeArgs, terminal: Terminal) -> Outcome {
    // Only what is freed on a thread that goes on working is given back without it; a server that cannot have it works all the same.
    let _ = tikv_jemalloc_ctl::background_thread::write(true);
    let config = configuration(common)?;
    if !args.listen.ip().is_loopback() && !args.behind_proxy && args.tls_cert.is_none() {
        return Err(Error::usage(
            format!(
                "{} can be reached from other machines, and what is said there would not be encrypted",
                args.listen
            ),
            "listen on 127.0.0.1, give a certificate with --tls-cert and --tls-key, or put a proxy that speaks TLS in front and say \
             --behind-proxy",
        ));
    }
    let store = store(&config, &args.database)?;
    terminal.note(format!("database: {}", store.url()));
    let scheme = if args.tls_cert.is_some() { "https" } else { "http" };
    let log_key = log_key(&config, args, &store, terminal)?;
    let options = ServeOptions {
        log_key,
        ..options(&config, common, args)?
    };
    if let Some(bus) = &options.bus {
        terminal.note(format!("bus: {}", bus.url));
        if bus.url.is_open() {
            terminal.warn("what is told on the bus can be read on its way: name it with tls://");
        }
    }
    // The log says these itself.
    let is_text = options.log == LogFormat::Text;
    let note = move |text: String| {
        if is_text {
            terminal.note(text);
        }
    };
    serve(store, options, &|event| match event {
        Event::Upgraded { from: 0, to } => terminal.note(format!("schema {to} was laid")),
        Event::Upgraded { from, to } => terminal.note(format!("schema {from} was renewed to {to}")),
        Event::Link { login, link } => terminal.note(format!(
            "{login} sets a password here, once and within a day: {scheme}://{}/#/setup/{link}",
            args.listen
        )),
        Event::Token(token) => {
            let _ = crate::output::print(format!("{token}\n"));
        }
        Event::Listening(address, _) => {
            note(format!("listening on {scheme}://{address}; Ctrl-C stops"));
        }
        Event::Renewed => terminal.note("the certificate is a new one"),
        Event::Stale(why) => terminal.note(format!("the certificate stays as it was: {why}")),
        Event::Stopping => note("finishing what was begun; once more ends at once".to_owned()),
        Event::Stopped { unfinished: 0 } => {}
        Event::Stopped { unfinished } => terminal.warn(format!("{unfinished} requests were not finished")),
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

/// The key that signs what the ledger says of itself.
fn log_key(
    config: &Config,
    args: &ServeArgs,
    store: &Store,
    terminal: Terminal,
) -> Result<Option<LogKey>, Error> {
    let (path, is_made) = match &args.log_key {
        Some(path) => (path.clone(), false),
        None if !matches!(store.url(), DatabaseUrl::Sqlite(_)) => {
            terminal.note("checkpoints of the ledger are not signed: give every server the same key with --log-key FILE");
            return Ok(None);
        }
        None => (default_file(config)?.with_file_name("log.key"), true),
    };
    let text = match std::fs::read_to_string(&path) {
        Err(error) if is_made && error.kind() == std::io::ErrorKind::NotFound => {
            let (key, text) = LogKey::generate()?;
            output::write_private(&path, text.as_bytes())?;
            terminal.note(format!(
                "{} was made: it signs what the ledger says of itself",
                path.display()
            ));
            return Ok(Some(key));
        }
        other => other.map_err(|error| Error::reading(&path, &error))?,
    };
    let key = LogKey::from_pem(&text).map_err(|error| Error {
        message: format!("`{}`: {error}", path.display()),
        ..Error::from(error)
    })?;
    Ok(Some(key))
}

impl From<LogKeyError> for Error {
    fn from(error: LogKeyError) -> Self {
        Self::usage(error.to_string(), error.help())
    }
}

fn options(config: &Config, common: &Common, args: &ServeArgs) -> Result<ServeOptions, Error> {
    let log = match args.log.as_str() {
        "json" => LogFormat::Json,
        _ => LogFormat::Text,
    };
    let usual = if log == LogFormat::Json { "info" } else { "warn" };
    Ok(ServeOptions {
        listen: args.listen,
        tls: args
            .tls_cert
            .clone()
            .zip(args.tls_key.clone())
            .map(|(certificate, key)| TlsFiles { certificate, key }),
        log_key: None,
        behind_proxy: args.behind_proxy,
        new_link: args.new_link.clone(),
        new_token: args.new_token.clone(),
        requests_per_minute: args.requests_per_minute,
        oidc: args.oidc.as_deref().map(oidc).transpose()?,
        notify: telling(config, args)?,
        bus: bus(args)?,
        http: network::options(common, config, None),
        metrics_token: args.metrics_token_file.as_deref().map(word_of).transpose()?,
        log,
        log_level: args
            .log_level
            .as_deref()
            .unwrap_or(usual)
            .parse()
            .unwrap_or(LogLevel::WARN),
        traces: traces(args)?,
        stop_delay: Duration::from_secs(args.stop_delay),
        stop_limit: Duration::from_secs(args.stop_limit),
    })
}

/// The bus of the command line or the environment.
fn bus(args: &ServeArgs) -> Result<Option<NatsOptions>, Error> {
    let text = args.bus.clone().or_else(|| {
        Machine
            .variable("BARTIZAN_PLANE_BUS")
            .filter(|text| !text.is_empty())
    });
    let Some(text) = text else {
        let asked = [&args.bus_credentials, &args.bus_ca, &args.bus_cert];
        if asked.iter().any(|file| file.is_some()) {
            return Err(Error::usage(
                "there is no bus that --bus-credentials, --bus-ca or --bus-cert could be about",
                "name it with `--bus nats://HOST:4222`",
            ));
        }
        return Ok(None);
    };
    let url = text
        .parse()
        .map_err(|error: BusError| Error::usage(error.to_string(), error.help()))?;
    Ok(Some(NatsOptions {
        url,
        credentials: args.bus_credentials.clone(),
        authorities: args.bus_ca.clone(),
        certificate: args.bus_cert.clone().zip(args.bus_key.clone()),
    }))
}

/// The one word in a file.
fn word_of(path: &Path) -> Result<String, Error> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::usage(format!("{shown}: {error}"), "name a file that can be read"))?;
    let word = text.trim();
    if word.len() < SHORTEST || word.contains(char::is_whitespace) {
        return Err(Error::usage(
            format!("{shown} does not hold one word of {SHORTEST} characters or more"),
            "write a random one, for instance with `openssl rand -hex 32`",
        ));
    }
    Ok(word.to_owned())
}

/// The sign-in server that a file describes.
fn oidc(path: &Path) -> Result<OidcSettings, Error> {
    let shown = path.display();
    let unread = |path: &Path, error: std::io::Error| {
        Error::usage(
            format!("{}: {error}", path.display()),
            "name a file that can be read",
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| unread(path, error))?;
    let settings = OidcSettings::read(&text).map_err(|error| {
        Error::usage(
            format!("{shown}: {error}"),
            "docs/control-plane.md lists what can be said there",
        )
    })?;
    let secret = match settings.secret_file() {
        Some(file) => {
            let file = path.parent().unwrap_or(Path::new("")).join(file);
            Some(std::fs::read_to_string(&file).map_err(|error| unread(&file, error))?)
        }
        None => Machine.variable("BARTIZAN_PLANE_OIDC_SECRET"),
    };
    Ok(settings.with_secret(secret.map(|secret| secret.trim().to_owned())))
}

/// The collector of traces, as flags and the variables of OpenTelemetry say
/// (<https://opentelemetry.io/docs/specs/otel/protocol/exporter/>).
fn traces(args: &ServeArgs) -> Result<Option<TraceOptions>, Error> {
    let base = args.traces.clone().or_else(|| {
        Machine
            .variable("OTEL_EXPORTER_OTLP_ENDPOINT")
            .filter(|text| !text.is_empty())
    });
    let full = Machine
        .variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        .filter(|text| !text.is_empty() && args.traces.is_none());
    let Some(text) = full.or_else(|| base.map(|base| format!("{}/v1/traces", base.trim_end_matches('/'))))
    else {
        return Ok(None);
    };
    let endpoint = Url::parse(&text).map_err(|error| {
        Error::usage(
            format!("the collector of traces cannot be asked: {error}"),
            "write its address as `http://HOST:4318`",
        )
    })?;
    let headers = Machine.variable("OTEL_EXPORTER_OTLP_HEADERS").unwrap_or_default();
    let headers = headers.split(',').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    });
    Ok(Some(TraceOptions {
        endpoint,
        headers: headers.collect(),
        service: Machine
            .variable("OTEL_SERVICE_NAME")
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "bartizan".to_owned()),
    }))
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
