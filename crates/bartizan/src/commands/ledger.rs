//! `bartizan ledger`: prove that the ledger is whole, or make the graph again.

use crate::args::{Common, LedgerVerb};
use crate::error::{Code, Error, Outcome};
use crate::output::print;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_server::ingest::{IngestError, rebuild, verify_graph, verify_log};
use std::fmt::Write;

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: &LedgerVerb, terminal: Terminal) -> Outcome {
    let config = super::serve::configuration(common)?;
    let (LedgerVerb::Verify { database, .. } | LedgerVerb::Rebuild { database }) = verb;
    let store = super::serve::store(&config, database)?;
    let tenants = store.read_all(|installation| installation.tenants())?;
    let mut out = String::new();
    let mut broken = 0;
    for tenant in tenants {
        match verb {
            LedgerVerb::Rebuild { .. } => {
                let made = rebuild(&store, tenant.id)?;
                let _ = writeln!(out, "{}: made from {}", tenant.name, statements(made));
            }
            LedgerVerb::Verify { log_only, .. } => {
                let proof = verify_log(&store, tenant.id)?;
                for fault in &proof.faults {
                    let _ = writeln!(out, "{}: {fault}", tenant.name);
                }
                broken += proof.faults.len();
                let _ = writeln!(
                    out,
                    "{}: {}, {} without a body, root {}",
                    tenant.name,
                    statements(proof.size),
                    proof.taken_away,
                    proof.root
                );
                if *log_only || !proof.faults.is_empty() {
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
        }
    }
    print(out)?;
    if broken > 0 {
        terminal.note(format!("{} found", counted(broken, "fault")));
        return Ok(Code::Failed as u8);
    }
    Ok(0)
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
