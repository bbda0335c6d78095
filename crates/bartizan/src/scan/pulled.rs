//! `image:REF`: an image that is pulled, and then read like any other layout.
//!
//! In: the name of an image, flags and settings. Out: a source. Layers are kept in the data directory, where another scan finds
//! them; a lock keeps what is being read from being forgotten.

use super::{Place, Request};
use crate::error::{Code, Error};
use crate::network;
use crate::place;
use crate::progress::Transfer;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_model::{Skipped, Target};
use bartizan_source::image::{Image, ImageSource, Wanted, open_layout};
use bartizan_source::registry::{Keychain, PullOptions, Pulled, Reference, RegistryError, pull};
use bartizan_source::{Consumer, Entry, Source, SourceError, SourceOptions};

/// Pulls the image and opens it.
pub(super) fn open(
    target: &str,
    reference: &str,
    request: &Request<'_>,
    (config, place): (&Config, &Place),
    options: &SourceOptions,
) -> Result<Box<dyn Source>, Error> {
    let reference: Reference = reference
        .parse()
        .map_err(|error| Error::from(RegistryError::Reference(error)))?;
    let data = place::data_dir(config).ok_or_else(|| {
        Error::usage(
            "there is no place to keep images: neither XDG_DATA_HOME nor HOME is set",
            "name one with `--data-dir DIR`",
        )
    })?;
    let client = network::client(request.common, config);
    let keychain = Keychain::from_variables(|name| Machine.variable(name));
    let transfer = Transfer::new(super::terminal_of(request, config));
    transfer.names(&reference.to_string());
    let pulled = pull(
        &reference,
        &PullOptions {
            client: &client,
            cache: &place.current.join(data).join("images"),
            platform: options.platform.as_ref(),
            credentials: &keychain,
            insecure: &request.scan.select.insecure_registry,
            largest: config.number("image.pull-bytes"),
            keep: config.number("image.cache-bytes"),
        },
        &transfer,
    );
    transfer.finish();
    let pulled = pulled?;
    let wanted = Wanted::Digest(pulled.manifest_digest.clone());
    let source = open_layout(target, &pulled.layout, &wanted, options)?;
    Ok(Box::new(PulledImage {
        source,
        _pulled: pulled,
    }))
}

/// The image, and what keeps its layers from being forgotten while they are read.
struct PulledImage {
    source: ImageSource,
    _pulled: Pulled,
}

impl Source for PulledImage {
    fn target(&self) -> Target {
        self.source.target()
    }

    fn list(&self, skipped: &mut Vec<Skipped>) -> Result<Vec<Entry>, SourceError> {
        self.source.list(skipped)
    }

    fn read(&self, entry: &Entry, buffer: &mut Vec<u8>, consumer: &mut dyn Consumer) {
        self.source.read(entry, buffer, consumer);
    }

    fn kept(&self, entry: &Entry) -> Option<Vec<u8>> {
        self.source.kept(entry)
    }

    fn restore(&self, entry: &Entry, kept: &[u8]) -> bool {
        self.source.restore(entry, kept)
    }

    fn image(&self) -> Option<Result<Image, SourceError>> {
        self.source.image()
    }
}

impl From<RegistryError> for Error {
    fn from(error: RegistryError) -> Self {
        let code = match error {
            RegistryError::Http(error) => return error.into(),
            RegistryError::NotFound { .. } | RegistryError::Platform { .. } => Code::Nothing,
            RegistryError::Reference(_)
            | RegistryError::Credentials { .. }
            | RegistryError::Helper { .. }
            | RegistryError::TooLarge { .. }
            | RegistryError::NotKept { .. }
            | RegistryError::Layout { .. } => Code::Usage,
            RegistryError::Denied { .. }
            | RegistryError::Challenge { .. }
            | RegistryError::Manifest { .. }
            | RegistryError::Digest { .. } => Code::Unknown,
        };
        Self {
            message: error.to_string(),
            help: Some(error.help()),
            code,
        }
    }
}
