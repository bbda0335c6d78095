//! Decisions about keys and about what must be kept.

use super::absorb::{Effect, Source};
use super::log::IngestError;
use super::vouch::MOST_KEYS;
use super::what::Rejected;
use bartizan_ledger::decision::Decision;
use bartizan_ledger::tlog::entry::Trust;
use bartizan_store::Session;
use bartizan_store::graph::{HoldRow, TombstoneRow, TrustedKeyRow};
use bartizan_trust::keys::PublicKey;

/// Brings such a decision into the graph; any other changes nothing.
pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    decision: &Decision,
) -> Result<Effect, IngestError> {
    match decision {
        Decision::TrustKey { .. } => trust(session, source, decision)?,
        Decision::RevokeKey { key, reason } => {
            let missing = || Rejected::Missing(format!("key `{key}` that is trusted"));
            let Some(Trust::Signed(id)) = Trust::parse(&format!("signed:{key}")) else {
                return Err(missing().into());
            };
            if !session.revoke_key(&id, source.at, source.by, reason)? {
                return Err(missing().into());
            }
        }
        Decision::Hold { statement, reason } => {
            let held = statement.map(|held| i64::try_from(held).unwrap_or(i64::MAX));
            if let Some(seq) = held
                && session.statement(seq)?.is_none()
            {
                return Err(Rejected::Missing(format!("statement {seq}")).into());
            }
            session.add_hold(&HoldRow {
                seq: source.seq,
                statement: held,
                reason: reason.clone(),
                by: source.by.to_owned(),
                created: source.at,
                ended: None,
            })?;
        }
        Decision::EndHold { hold, .. } => {
            let seq = i64::try_from(*hold).unwrap_or(i64::MAX);
            if !session.end_hold(seq, source.at)? {
                return Err(Rejected::Missing(format!("hold {hold} that is in force")).into());
            }
        }
        Decision::TakeAway {
            statement, reason, ..
        } => session.add_tombstone(&TombstoneRow {
            statement: i64::try_from(*statement).unwrap_or(i64::MAX),
            seq: source.seq,
            reason: reason.clone(),
            by: source.by.to_owned(),
            at: source.at,
        })?,
        _ => {}
    }
    Ok(Effect::default())
}

fn trust(session: &mut Session<'_>, source: &Source<'_>, decision: &Decision) -> Result<(), IngestError> {
    let Decision::TrustKey {
        name,
        key,
        predicates,
        subjects,
        from,
        until,
    } = decision
    else {
        return Ok(());
    };
    let public = PublicKey::from_pem(key).map_err(|error| {
        let help = error.help().map_or_else(String::new, |help| format!(": {help}"));
        Rejected::Key(format!("{error}{help}"))
    })?;
    let from = from.map(|day| day.begins().unix_seconds().saturating_mul(1_000));
    let until = until.map(super::decide::end_of);
    if until.is_some_and(|until| from.is_some_and(|from| from >= until)) {
        return Err(Rejected::Key("its last day is before its first".to_owned()).into());
    }
    let id = public.id();
    let others = session.keys_in_force(MOST_KEYS)?;
    let is_new = others.iter().all(|row| row.key.as_slice() != id.as_bytes());
    if is_new && i64::try_from(others.len()).unwrap_or(i64::MAX) >= MOST_KEYS {
        return Err(Rejected::Key(format!("{MOST_KEYS} keys are trusted already: revoke one")).into());
    }
    let list = |texts: &[String]| serde_json::to_string(texts).unwrap_or_default();
    session.set_trusted_key(&TrustedKeyRow {
        key: id.as_bytes().to_vec(),
        seq: source.seq,
        name: name.clone(),
        pem: public.to_pem(),
        predicates: list(predicates),
        subjects: list(subjects),
        from,
        until,
        by: source.by.to_owned(),
        created: source.at,
        revoked: None,
        revoked_by: None,
        revoked_because: None,
    })?;
    Ok(())
}
