//! `bartizan ledger`: prove that the ledger is whole, or make the graph again.

mod entry;
mod forget;
mod remote;
mod seen;

use crate::args::{Common, DatabaseArgs, LedgerVerb};
use crate::error::{Code, Error, Outcome};
use crate::output::print;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_model::Timestamp;
use bartizan_server::ingest::{IngestError, Proof, rebuild, verify_graph, verify_log};
use std::fmt::Write;

/// Bodies that were taken away of which each gets a line.
const MOST_TAKEN: usize = 100;

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: &LedgerVerb, terminal: Terminal) -> Outcome {
    match verb {
        LedgerVerb::Verify { remote, .. } if remote.server => remote::run(common, remote, terminal),
        LedgerVerb::Verify {
            database, log_only, ..
        } => verify(common, database, *log_only, terminal),
        LedgerVerb::Rebuild { database } => make_again(common, database),
        LedgerVerb::Forget(forget) => forget::run(common, forget, terminal),
    }
}

fn make_again(common: &Common, database: &DatabaseArgs) -> Outcome {
    let config = super::serve::configuration(common)?;
    let store = super::serve::store(&config, database)?;
    let mut out = String::new();
    for tenant in store.read_all(|installation| installation.tenants())? {
        let made = rebuild(&store, tenant.id)?;
        let _ = writeln!(out, "{}: made from {}", tenant.name, statements(made.statements));
        if made.without_body > 0 {
            let _ = writeln!(
                out,
                "{}: {} without a body left out; {} about what they told",
                tenant.name,
                statements(made.without_body),
                counted(
                    usize::try_from(made.about_nothing).unwrap_or(usize::MAX),
                    "decision"
                )
            );
        }
    }
    print(out)?;
    Ok(0)
}

fn verify(common: &Common, database: &DatabaseArgs, log_only: bool, terminal: Terminal) -> Outcome {
    let config = super::serve::configuration(common)?;
    let store = super::serve::store(&config, database)?;
    let mut out = String::new();
    let mut broken = 0;
    for tenant in store.read_all(|installation| installation.tenants())? {
        let proof = verify_log(&store, tenant.id)?;
        broken += proof.faults.len();
        told(&tenant.name, &proof, &mut out);
        if log_only || !proof.faults.is_empty() {
            continue;
        }
        match verify_graph(&store, tenant.id)? {
            None => {
                let _ = writeln!(out, "{}: the graph is the one that the ledger gives", tenant.name);
            }
            Some(_) => {
                broken += 1;
                let _ = writeln!(
                    out,
                    "{}: the graph is not the one that the ledger gives; `bartizan ledger rebuild` makes it again",
                    tenant.name
                );
            }
        }
    }
    print(out)?;
    if broken > 0 {
        terminal.note(format!("{} found", counted(broken, "fault")));
        return Ok(Code::Failed as u8);
    }
    Ok(0)
}

/// What was found of one ledger.
fn told(name: &str, proof: &Proof, out: &mut String) {
    for fault in &proof.faults {
        let _ = writeln!(out, "{name}: {fault}");
    }
    for taken in proof.taken_away.iter().take(MOST_TAKEN) {
        let _ = writeln!(
            out,
            "{name}: what statement {} said was taken away by {} on {}, as statement {} says: {}",
            taken.statement,
            taken.by,
            Timestamp::from_unix_seconds(taken.at.div_euclid(1_000)),
            taken.told,
            taken.reason
        );
    }
    let more = proof.taken_away.len().saturating_sub(MOST_TAKEN);
    if more > 0 {
        let _ = writeln!(out, "{name}: and {more} more");
    }
    let _ = writeln!(
        out,
        "{name}: {}, {} without a body, root {}",
        statements(proof.size),
        proof.taken_away.len(),
        proof.root
    );
}

fn statements(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "statement")
}

impl From<IngestError> for Error {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Store(error) => error.into(),
            other => Self {
                message: other.to_string(),
                help: Some("run `bartizan ledger verify --log-only` to see which statement it is".to_owned()),
                code: Code::Unknown,
            },
        }
    }
}
