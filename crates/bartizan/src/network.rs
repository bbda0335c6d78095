//! The HTTP client as flags, settings and environment want it, and its errors for people.

use crate::args::Common;
use crate::error::{Code, Error};
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_source::http::{Client, HttpError, HttpOptions, Proxies};
use std::path::PathBuf;

/// A client that connects to nothing before it is asked to.
pub(crate) fn client(common: &Common, config: &Config) -> Client {
    Client::new(options(common, config, None))
}

/// What a client is made from; authorities in the file are trusted as well.
pub(crate) fn options(common: &Common, config: &Config, ca: Option<PathBuf>) -> HttpOptions {
    HttpOptions {
        offline: common.offline,
        ca_files: config.path("network.ca-file").into_iter().chain(ca).collect(),
        proxies: Proxies::from_variables(|name| Machine.variable(name)),
        ..HttpOptions::default()
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let code = match error {
            HttpError::Stopped => return Self::interrupted(),
            HttpError::Offline { .. }
            | HttpError::Address { .. }
            | HttpError::Authorities { .. }
            | HttpError::NoAuthorities(_)
            | HttpError::Proxy { .. }
            | HttpError::File { .. } => Code::Usage,
            _ => Code::Unknown,
        };
        Self {
            message: error.to_string(),
            help: Some(error.help()),
            code,
        }
    }
}
