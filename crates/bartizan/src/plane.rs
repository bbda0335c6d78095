//! The control plane, as this machine knows it: its address, the token that lets us in, and what is asked and sent.

use crate::args::Common;
use crate::error::{Code, Error};
use crate::network;
use crate::place;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_source::http::{Client, Fetched, HttpError, HttpOptions, Method, Patience, Request, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Bytes of an answer at most.
const LARGEST: u64 = 256 << 20;

/// A control plane that lets us in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    /// Its address.
    pub(crate) url: String,
    /// The token.
    pub(crate) token: String,
    /// A file with authorities to trust besides those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<PathBuf>,
}

/// What the control plane answers when something is wrong.
#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: String,
    #[serde(default)]
    help: String,
}

/// Where the address and the token are kept.
pub(crate) fn file(config: &Config) -> Result<PathBuf, Error> {
    place::data_dir(config)
        .map(|data| data.join("control-plane.json"))
        .ok_or_else(|| {
            Error::usage(
                "there is no data directory: neither XDG_DATA_HOME nor HOME is set",
                "name one with `--data-dir DIR`",
            )
        })
}

/// A connection to the control plane.
pub(crate) struct Plane {
    client: Client,
    access: Access,
}

impl Plane {
    /// The control plane of the environment, else the one that `bartizan login` remembered.
    pub(crate) fn open(common: &Common, config: &Config) -> Result<Self, Error> {
        Self::open_with(common, config, Patience::default())
    }

    /// The same, which tries again what fails as `patience` has it.
    pub(crate) fn open_with(common: &Common, config: &Config, patience: Patience) -> Result<Self, Error> {
        let variables = (
            Machine.variable("BARTIZAN_PLANE_URL"),
            Machine.variable("BARTIZAN_PLANE_TOKEN"),
        );
        let access = match variables {
            (Some(url), Some(token)) => Access { url, token, ca: None },
            (None, None) => remembered(config)?,
            _ => {
                return Err(Error::usage(
                    "of BARTIZAN_PLANE_URL and BARTIZAN_PLANE_TOKEN only one is set",
                    "set both, or neither and run `bartizan login`",
                ));
            }
        };
        Ok(Self::made(common, config, access, patience))
    }

    /// The control plane at this address.
    pub(crate) fn with(common: &Common, config: &Config, access: Access) -> Self {
        Self::made(common, config, access, Patience::default())
    }

    fn made(common: &Common, config: &Config, access: Access, patience: Patience) -> Self {
        let ca = Machine
            .variable("BARTIZAN_PLANE_CA")
            .map(PathBuf::from)
            .or_else(|| access.ca.clone());
        Self {
            client: Client::new(HttpOptions {
                patience,
                ..network::options(common, config, ca)
            }),
            access,
        }
    }

    /// Its address.
    pub(crate) fn address(&self) -> &str {
        &self.access.url
    }

    /// What lies at a path.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.ask(path, Method::Get)
    }

    /// Sends a document to a path.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<T, Error> {
        self.ask(path, Method::Post { content_type, body })
    }

    /// What lies at a path, of at most `limit` bytes; none where nothing does.
    pub(crate) fn bytes(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let answer = self.answer(path, Method::Get, limit)?;
        match answer.status {
            200..300 => Ok(Some(answer.body)),
            404 => Ok(None),
            _ => Err(refused(&answer)),
        }
    }

    fn answer(&self, path: &str, method: Method<'_>, limit: u64) -> Result<Fetched, Error> {
        let url = self.url(path)?;
        let authorization = format!("Bearer {}", self.access.token);
        let request = Request {
            method,
            authorization: Some(&authorization),
            ..Request::get(&url)
        };
        self.client.fetch(&request, limit, &()).map_err(|error| {
            let is_stranger = matches!(error, HttpError::Certificate { .. });
            let mut error = Error::from(error);
            if is_stranger {
                error.help = Some(
                    "name the authority that signed it, if you trust it: `bartizan login URL --ca FILE`, or BARTIZAN_PLANE_CA".to_owned(),
                );
            }
            error
        })
    }

    fn ask<T: DeserializeOwned>(&self, path: &str, method: Method<'_>) -> Result<T, Error> {
        let answer = self.answer(path, method, LARGEST)?;
        if !(200..300).contains(&answer.status) {
            return Err(refused(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|error| Error {
            message: format!(
                "{} does not answer as a control plane does: {error}",
                self.access.url
            ),
            help: Some(
                "check the address, and that server and program are of about the same version".to_owned(),
            ),
            code: Code::Unknown,
        })
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        let text = format!("{}{path}", self.access.url.trim_end_matches('/'));
        let url = Url::parse(&text).map_err(|error| {
            Error::usage(
                format!(
                    "`{}` is no address of a control plane: {}",
                    self.access.url, error.0
                ),
                "write https://HOST, or http://127.0.0.1:PORT for one on this machine",
            )
        })?;
        if text.starts_with("http://") && !url.is_loopback() {
            return Err(Error::usage(
                format!(
                    "{} would send the token unencrypted over the network",
                    self.access.url
                ),
                "use https, or a control plane on this machine",
            ));
        }
        Ok(url)
    }
}

fn remembered(config: &Config) -> Result<Access, Error> {
    let path = file(config)?;
    let unknown = || {
        Error::usage(
            "no control plane is known",
            "run `bartizan login URL` first, or set BARTIZAN_PLANE_URL and BARTIZAN_PLANE_TOKEN",
        )
    };
    let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unknown(),
        _ => Error::reading(&path, &error),
    })?;
    serde_json::from_str(&text).map_err(|error| {
        Error::usage(
            format!("`{}` cannot be read: {error}", path.display()),
            "run `bartizan login URL` again",
        )
    })
}

fn refused(answer: &Fetched) -> Error {
    let Ok(problem) = serde_json::from_slice::<Problem>(&answer.body) else {
        return answer.refusal().into();
    };
    Error {
        message: format!(
            "the control plane refuses: {} ({})",
            problem.detail,
            problem.title.to_lowercase()
        ),
        help: (!problem.help.is_empty()).then_some(problem.help),
        code: match answer.status {
            400..=428 => Code::Usage,
            _ => Code::Unknown,
        },
    }
}
