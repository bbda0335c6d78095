//! `bartizan backup` and `bartizan restore`: the control plane's SQLite file, copied and put back.

use super::serve::{configuration, store, url};
use crate::args::{BackupArgs, Common, RestoreArgs};
use crate::error::{Error, Outcome};
use crate::terminal::Terminal;
use bartizan_server::ingest::verify_log;
use bartizan_store::{DatabaseUrl, Options, Store};
use std::path::{Path, PathBuf};

/// Writes a copy.
pub(crate) fn backup(common: &Common, args: &BackupArgs, terminal: Terminal) -> Outcome {
    let config = configuration(common)?;
    file_of(&url(&config, &args.database)?)?;
    store(&config, &args.database)?.copy_to(&args.file)?;
    terminal.note(format!("copied to {}", args.file.display()));
    Ok(0)
}

/// Puts a copy back.
pub(crate) fn restore(common: &Common, args: &RestoreArgs, terminal: Terminal) -> Outcome {
    let config = configuration(common)?;
    let file = file_of(&url(&config, &args.database)?)?;
    if !args.file.is_file() {
        return Err(Error::reading(&args.file, &std::io::ErrorKind::NotFound.into()));
    }
    verify(&args.file)?;
    let beside = |ending: &str| {
        let mut name = file.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    // The log of SQLite belongs to what was there.
    if beside("-wal").metadata().is_ok_and(|about| about.len() > 0) {
        return Err(Error::usage(
            format!("{} is in use, or was not closed", file.display()),
            "stop the server first; if none runs, run `bartizan ledger verify --log-only` once, which closes the file",
        ));
    }
    let new = beside(".restoring");
    std::fs::copy(&args.file, &new).map_err(|error| Error::writing(&new, &error))?;
    let synced = std::fs::File::open(&new).and_then(|open| open.sync_all());
    synced.map_err(|error| Error::writing(&new, &error))?;
    let old = beside(".before-restore");
    if file.exists() {
        std::fs::rename(&file, &old).map_err(|error| Error::writing(&old, &error))?;
    }
    std::fs::rename(&new, &file).map_err(|error| Error::writing(&file, &error))?;
    terminal.note(format!("restored from {}", args.file.display()));
    Ok(0)
}

fn file_of(url: &DatabaseUrl) -> Result<PathBuf, Error> {
    match url {
        DatabaseUrl::Sqlite(file) => Ok(file.clone()),
        DatabaseUrl::Postgres(_) => Err(Error::usage(
            "a database of PostgreSQL is copied with its own tools",
            "use pg_dump and pg_restore",
        )),
    }
}

/// That the copy holds a whole ledger for every tenant.
fn verify(file: &Path) -> Result<(), Error> {
    let copy = Store::open(&DatabaseUrl::Sqlite(file.to_path_buf()), Options::default())?;
    for tenant in copy.read_all(|installation| installation.tenants())? {
        let proof = verify_log(&copy, tenant.id)?;
        if let Some(fault) = proof.faults.first() {
            return Err(Error::usage(
                format!("{} is damaged: {fault}", file.display()),
                "take another copy",
            ));
        }
    }
    Ok(())
}
