//! Certificates for tests of TLS, made by the `openssl` program: what it signs, other implementations have to read.
//!
//! In: names. Out: `NAME.key` and `NAME.crt` in PEM in a directory, valid for two days.

use crate::Error;
use std::path::Path;
use std::process::Command;

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/// Makes the certificate of an authority.
///
/// # Errors
/// When there is no `openssl`, or it refuses.
pub fn authority(directory: &Path, name: &str) -> Result<(), Error> {
    openssl(
        directory,
        &format!("req -x509 {KEY} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt"),
    )
}

/// Makes a certificate that an authority of the same directory signs, about the common name `subject` and the alternative names `names`
/// (as openssl writes them: `IP:127.0.0.1`, `DNS:localhost`).
///
/// # Errors
/// When there is no `openssl`, or it refuses.
pub fn certificate(
    directory: &Path,
    name: &str,
    subject: &str,
    authority: &str,
    names: &str,
) -> Result<(), Error> {
    openssl(
        directory,
        &format!("req {KEY} -subj /CN={subject} -keyout {name}.key -out {name}.csr"),
    )?;
    std::fs::write(directory.join("names"), format!("subjectAltName={names}"))?;
    openssl(
        directory,
        &format!(
            "x509 -req -in {name}.csr -CA {authority}.crt -CAkey {authority}.key -CAcreateserial -days 2 -extfile names -out {name}.crt"
        ),
    )
}

/// Runs `openssl` with these words in a directory.
///
/// # Errors
/// When there is none, or it refuses.
pub fn openssl(directory: &Path, arguments: &str) -> Result<(), Error> {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(directory)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Openssl {
        arguments: arguments.to_owned(),
        log: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
