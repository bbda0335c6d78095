//! Credentials for registries, from where Docker, Podman and skopeo keep them.
//!
//! In: the environment, files of credentials, credential helpers; the name of an image. Out: [`Credentials`]. The first source that
//! has any for the image counts. Files: `REGISTRY_AUTH_FILE` alone where it is set; otherwise
//! `$XDG_RUNTIME_DIR/containers/auth.json`, `$XDG_CONFIG_HOME/containers/auth.json`, and `config.json` in `$DOCKER_CONFIG` or
//! `~/.docker`. <https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md>,
//! <https://docs.docker.com/reference/cli/docker/login/>

use super::error::RegistryError;
use super::helper;
use super::reference::{DOCKER_HUB, Reference};
use crate::http::plain;
use base64::Engine as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Largest file of credentials, in bytes.
const LARGEST: u64 = 4 << 20;
/// The name under which Docker keeps credentials of its own registry.
const HUB_KEY: &str = "https://index.docker.io/v1/";
/// The user of an identity token.
const TOKEN_USER: &str = "<token>";

/// What is shown to a registry.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    Anonymous,
    /// User and password.
    Password {
        /// The user.
        user: String,
        /// The password, or a token that stands for one.
        password: String,
    },
    /// A token that the registry's token server changes for another one.
    Identity(String),
    /// A token for the registry itself.
    Bearer(String),
}

impl Credentials {
    /// The user, for messages; none where there are no credentials.
    pub(super) fn whom(&self) -> Option<String> {
        match self {
            Self::Anonymous => None,
            Self::Password { user, .. } => Some(user.clone()),
            Self::Identity(_) | Self::Bearer(_) => Some(String::new()),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Password { .. } => "Password",
            Self::Identity(_) => "Identity",
            Self::Bearer(_) => "Bearer",
        })
    }
}

/// Where credentials are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keychain {
    files: Vec<PathBuf>,
    /// Whether the first file must be there.
    required: bool,
    /// Where credential helpers are found.
    path: Option<String>,
}

impl Keychain {
    /// No credentials for anything.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// As the environment says.
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let path = variable("PATH");
        if let Some(file) = set("REGISTRY_AUTH_FILE") {
            return Self {
                files: vec![file],
                required: true,
                path,
            };
        }
        let home = set("HOME");
        let files = [
            set("XDG_RUNTIME_DIR").map(|directory| directory.join("containers/auth.json")),
            set("XDG_CONFIG_HOME")
                .or_else(|| Some(home.as_ref()?.join(".config")))
                .map(|directory| directory.join("containers/auth.json")),
            set("DOCKER_CONFIG")
                .or_else(|| Some(home.as_ref()?.join(".docker")))
                .map(|directory| directory.join("config.json")),
        ];
        Self {
            files: files.into_iter().flatten().collect(),
            required: false,
            path,
        }
    }

    /// The credentials for an image. Credential helpers that a file names are run.
    ///
    /// # Errors
    /// When a file cannot be read or understood, or a helper fails: what is configured is not passed over.
    pub fn of(&self, reference: &Reference) -> Result<Credentials, RegistryError> {
        for file in &self.files {
            let Some(bytes) = read(file, self.required)? else {
                continue;
            };
            let wrong = |cause: String| RegistryError::Credentials {
                path: file.clone(),
                cause,
            };
            let kept = AuthFile::parse(&bytes).map_err(wrong)?;
            for name in kept.helpers(reference) {
                let server = server_of(reference);
                if let Some(found) = helper::ask(name, &server, self.path.as_deref())? {
                    return Ok(found);
                }
            }
            if let Some(found) = kept.of(reference).map_err(wrong)? {
                return Ok(found);
            }
        }
        Ok(Credentials::Anonymous)
    }
}

fn read(path: &Path, required: bool) -> Result<Option<Vec<u8>>, RegistryError> {
    let wrong = |cause: String| RegistryError::Credentials {
        path: path.to_path_buf(),
        cause,
    };
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if !required && is_absent(&error) => return Ok(None),
        Err(error) => return Err(wrong(plain(&error))),
    };
    if !about.is_file() || about.len() > LARGEST {
        return Err(wrong("it is no regular file of at most 4 MiB".to_owned()));
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) => Err(wrong(plain(&error))),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

/// What credentials are kept under with helpers.
fn server_of(reference: &Reference) -> String {
    if reference.registry() == DOCKER_HUB {
        HUB_KEY.to_owned()
    } else {
        reference.registry().to_owned()
    }
}

/// A file of credentials.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthFile {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
    #[serde(default)]
    cred_helpers: BTreeMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Deserialize, Default)]
struct Auth {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl AuthFile {
    /// Reads a file of credentials.
    ///
    /// # Errors
    /// What is wrong with it; never what stands in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self {
                auths: BTreeMap::new(),
                cred_helpers: BTreeMap::new(),
                creds_store: None,
            });
        }
        serde_json::from_slice(bytes).map_err(|error| {
            // The message of a wrong type may quote the value.
            format!(
                "line {}, column {} is not as it should be",
                error.line(),
                error.column()
            )
        })
    }

    /// The credentials that the file itself holds for an image: those of the longest part of its name.
    ///
    /// # Errors
    /// When they are there and cannot be understood.
    pub fn of(&self, reference: &Reference) -> Result<Option<Credentials>, String> {
        for key in keys(reference) {
            let found = self.auths.iter().find(|(name, _)| normal(name) == key);
            if let Some((_, auth)) = found
                && let Some(credentials) = auth.credentials(&key)?
            {
                return Ok(Some(credentials));
            }
        }
        Ok(None)
    }

    /// Helpers to ask, in order.
    pub(super) fn helpers(&self, reference: &Reference) -> Vec<&str> {
        let keys = keys(reference);
        let own = self
            .cred_helpers
            .iter()
            .find(|(name, _)| keys.contains(&normal(name)))
            .map(|(_, helper)| helper.as_str());
        own.into_iter()
            .chain(self.creds_store.as_deref())
            .filter(|name| !name.is_empty())
            .collect()
    }
}

impl Auth {
    fn credentials(&self, key: &str) -> Result<Option<Credentials>, String> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = given(&self.registrytoken) {
            return Ok(Some(Credentials::Bearer(token)));
        }
        if let Some(token) = given(&self.identitytoken) {
            return Ok(Some(Credentials::Identity(token)));
        }
        if let Some(auth) = given(&self.auth) {
            let wrong = || format!("`auth` of `{key}` is not USER:PASSWORD in base64");
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(auth.trim())
                .map_err(|_| wrong())?;
            let text = String::from_utf8(bytes).map_err(|_| wrong())?;
            let (user, password) = text.split_once(':').ok_or_else(wrong)?;
            return Ok(Some(password_of(user, password.trim_end_matches('\0'))));
        }
        match (given(&self.username), given(&self.password)) {
            (Some(user), Some(password)) => Ok(Some(password_of(&user, &password))),
            // An entry that is empty only says that a helper knows more.
            _ => Ok(None),
        }
    }
}

/// User and password, or what stands for a token.
pub(super) fn password_of(user: &str, password: &str) -> Credentials {
    if user == TOKEN_USER {
        return Credentials::Identity(password.to_owned());
    }
    Credentials::Password {
        user: user.to_owned(),
        password: password.to_owned(),
    }
}

/// Names under which credentials of an image may stand, the most special first.
fn keys(reference: &Reference) -> Vec<String> {
    let registry = reference.registry();
    let mut keys = Vec::new();
    let mut path = Some(reference.repository());
    while let Some(part) = path {
        keys.push(format!("{registry}/{part}"));
        path = part.rsplit_once('/').map(|(before, _)| before);
    }
    keys.push(registry.to_owned());
    if registry == DOCKER_HUB {
        keys.extend(["index.docker.io", "registry-1.docker.io"].map(str::to_owned));
    }
    keys
}

/// A name as it would be written without a scheme. Only names that never had one can mean a part of a registry.
fn normal(name: &str) -> String {
    let bare = name
        .strip_prefix("https://")
        .or_else(|| name.strip_prefix("http://"));
    match bare {
        Some(bare) => bare.split('/').next().unwrap_or(bare).to_ascii_lowercase(),
        None => match name.split_once('/') {
            Some((host, "v1" | "v1/" | "v2" | "v2/" | "")) => host.to_ascii_lowercase(),
            Some((host, path)) => format!("{}/{}", host.to_ascii_lowercase(), path.trim_end_matches('/')),
            None => name.to_ascii_lowercase(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        base64::engine::general_purpose::STANDARD.encode(text)
    }

    fn of(file: &str, reference: &str) -> Option<Credentials> {
        let file = AuthFile::parse(file.as_bytes()).unwrap();
        file.of(&reference.parse().unwrap()).unwrap()
    }

    fn password(user: &str, password: &str) -> Credentials {
        password_of(user, password)
    }

    #[test]
    fn credentials_are_found_under_every_name_a_registry_is_kept_by() {
        let one = |key: &str| format!(r#"{{"auths":{{"{key}":{{"auth":"{}"}}}}}}"#, encoded("us:pa:ss"));
        let found = Some(password("us", "pa:ss"));
        for key in [
            HUB_KEY,
            "docker.io",
            "index.docker.io",
            "https://registry-1.docker.io/v2/",
            "docker.io/acme",
        ] {
            assert_eq!(of(&one(key), "acme/app"), found, "{key}");
        }
        for key in [
            "Host.example:5000",
            "https://host.example:5000",
            "http://host.example:5000/v1/",
            "host.example:5000/v2/",
        ] {
            assert_eq!(of(&one(key), "host.example:5000/app"), found, "{key}");
        }
        for key in [
            "host.example",
            "docker.io/ac",
            "example:5000",
            "https://host.example:5001",
        ] {
            assert_eq!(of(&one(key), "host.example:5000/acme/app"), None, "{key}");
        }
    }

    #[test]
    fn the_longest_name_decides() {
        let file = format!(
            r#"{{"auths":{{"h.io":{{"auth":"{}"}},"h.io/a/b":{{"auth":"{}"}},"h.io/a":{{}}}}}}"#,
            encoded("all:1"),
            encoded("one:2")
        );
        assert_eq!(of(&file, "h.io/a/b"), Some(password("one", "2")));
        assert_eq!(
            of(&file, "h.io/a/c"),
            Some(password("all", "1")),
            "an empty entry says nothing"
        );
    }

    #[test]
    fn tokens_are_told_from_passwords() {
        let file = |entry: &str| format!(r#"{{"auths":{{"h.io":{entry}}}}}"#);
        let identity = of(&file(r#"{"identitytoken":"i","auth":"eDp5"}"#), "h.io/a");
        assert_eq!(identity, Some(Credentials::Identity("i".to_owned())));
        assert_eq!(
            of(&file(r#"{"registrytoken":"r"}"#), "h.io/a"),
            Some(Credentials::Bearer("r".to_owned()))
        );
        let plain = file(r#"{"username":"u","password":"p"}"#);
        assert_eq!(of(&plain, "h.io/a"), Some(password("u", "p")));
        let token = file(&format!(r#"{{"auth":"{}"}}"#, encoded("<token>:t")));
        assert_eq!(of(&token, "h.io/a"), Some(Credentials::Identity("t".to_owned())));
    }

    #[test]
    fn a_file_that_is_wrong_is_told_without_what_stands_in_it() {
        for text in [
            r#"{"auths":{"h.io":{"auth":"%%word%%"}}}"#,
            r#"{"auths":{"h.io":{"auth":"d29yZA=="}}}"#,
        ] {
            let file = AuthFile::parse(text.as_bytes()).unwrap();
            let error = file.of(&"h.io/a".parse().unwrap()).unwrap_err();
            assert!(error.contains("h.io") && !error.contains("word"), "{error}");
        }
        for text in [
            r#"{"auths":"word"}"#,
            "word",
            r#"{"auths":{"h.io":{"auth":["word"]}}}"#,
        ] {
            let error = AuthFile::parse(text.as_bytes()).err().unwrap();
            assert!(!error.contains("word"), "{error}");
        }
        assert!(AuthFile::parse(b" \n").is_ok());
    }

    #[test]
    fn helpers_are_asked_for_the_registry_first_and_then_for_everything() {
        let text = r#"{"credHelpers":{"h.io":"own","docker.io":"hub"},"credsStore":"all"}"#;
        let file = AuthFile::parse(text.as_bytes()).unwrap();
        let of = |name: &str| file.helpers(&name.parse().unwrap()).join(",");
        assert_eq!(of("h.io/a"), "own,all");
        assert_eq!(of("nginx"), "hub,all");
        assert_eq!(of("other.io/a"), "all");
    }

    #[test]
    fn the_environment_says_which_files_are_read() {
        let from = |pairs: &[(&str, &str)]| {
            let chain = Keychain::from_variables(|name| {
                let found = pairs.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            let files: Vec<String> = chain
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect();
            files.join(" ")
        };
        assert_eq!(
            from(&[("HOME", "/h")]),
            "/h/.config/containers/auth.json /h/.docker/config.json"
        );
        assert_eq!(
            from(&[
                ("HOME", "/h"),
                ("XDG_RUNTIME_DIR", "/r"),
                ("DOCKER_CONFIG", "/d"),
                ("XDG_CONFIG_HOME", "")
            ]),
            "/r/containers/auth.json /h/.config/containers/auth.json /d/config.json"
        );
        assert_eq!(from(&[("HOME", "/h"), ("REGISTRY_AUTH_FILE", "/f")]), "/f");
    }

    #[test]
    fn nothing_secret_is_shown() {
        let shown = format!(
            "{:?}",
            [password("u", "hidden"), Credentials::Identity("hidden".into())]
        );
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
