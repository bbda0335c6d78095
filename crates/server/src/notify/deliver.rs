//! Sending what is in the outbox, until the other side takes it on.
//!
//! A delivery is claimed, sent outside of any transaction, and what became of it is written down. Whoever dies in between leaves a claim that ends
//! after [`CLAIM`]; then it is sent once more, under the same id, by which the other side can tell.

use super::Notifier;
use super::channel::{Secrets, Settings};
use super::notice::Payload;
use super::send::{Failure, Letter, Outcome};
use crate::auth::secret;
use bartizan_model::encoding::hex;
use bartizan_store::notify::{ChannelRow, Delivery, DeliveryStatus};
use bartizan_store::{Store, StoreError, Tenant, TenantId};
use sha2::{Digest, Sha256};

/// A claim ends after so many milliseconds; no attempt takes as long.
const CLAIM: i64 = 300_000;
/// Deliveries that are sent at once, of one tenant.
const AT_ONCE: usize = 16;
/// And of these through one channel, so that one that does not answer leaves room for others.
const OF_CHANNEL: usize = 4;
/// Attempts before a delivery is given up: over about two days.
const MOST_ATTEMPTS: i64 = 14;
/// The wait after the first failure in milliseconds; it is three times as long after each that follows, up to [`LONGEST_WAIT`].
const FIRST_WAIT: i64 = 5_000;
/// The longest wait in milliseconds.
const LONGEST_WAIT: i64 = 6 * 3_600_000;
/// What another side may ask to wait in milliseconds.
const MOST_ASKED: i64 = 24 * 3_600_000;
/// Letters of an error that are kept.
const SHOWN: usize = 500;

/// A delivery that was claimed.
pub(super) struct Claimed {
    tenant: TenantId,
    tenant_name: String,
    delivery: Delivery,
    channel: ChannelRow,
}

/// Sends what is to be sent at `at`, in milliseconds since 1970, each in a thread of its own. Out comes how many attempts were made.
///
/// # Errors
/// Those of the engine; what was sent before stays sent.
pub(crate) fn deliver(
    store: &Store,
    notifier: &Notifier,
    tenant: &Tenant,
    at: i64,
) -> Result<usize, StoreError> {
    let claimed = claim(store, tenant, at)?;
    let results: Vec<Result<(), StoreError>> = std::thread::scope(|scope| {
        let threads: Vec<_> = claimed
            .iter()
            .map(|claimed| scope.spawn(move || attempt(store, notifier, claimed, at)))
            .collect();
        threads
            .into_iter()
            // A thread that panics leaves a claim that ends.
            .map(|thread| thread.join().unwrap_or(Ok(())))
            .collect()
    });
    results.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(claimed.len())
}

fn claim(store: &Store, tenant: &Tenant, at: i64) -> Result<Vec<Claimed>, StoreError> {
    if !store.read(tenant.id, |session| session.has_waiting_deliveries(at))? {
        return Ok(Vec::new());
    }
    store.write(tenant.id, |session| {
        let mut channels = session.channels()?;
        channels.retain(|channel| channel.enabled);
        // Each channel has its turn, however many there are.
        let turn = usize::try_from(at.div_euclid(1_000)).unwrap_or(0) % channels.len().max(1);
        channels.rotate_left(turn);
        let mut claimed = Vec::new();
        for channel in channels {
            let room = OF_CHANNEL.min(AT_ONCE.saturating_sub(claimed.len()));
            let limit = i64::try_from(room).unwrap_or(0);
            for mut delivery in session.waiting_deliveries(channel.id, at, limit)? {
                if session.claim_delivery(&delivery, at, at.saturating_add(CLAIM))? {
                    delivery.attempts += 1;
                    claimed.push(Claimed {
                        tenant: tenant.id,
                        tenant_name: tenant.name.clone(),
                        delivery,
                        channel: channel.clone(),
                    });
                }
            }
        }
        Ok(claimed)
    })
}

fn attempt(store: &Store, notifier: &Notifier, claimed: &Claimed, at: i64) -> Result<(), StoreError> {
    let outcome = send(store, notifier, claimed, at)?;
    let delivery = &claimed.delivery;
    let (status, next_at, error) = match outcome {
        Ok(()) => (DeliveryStatus::Sent, at, String::new()),
        Err(failure) if failure.is_final || delivery.attempts >= MOST_ATTEMPTS => {
            (DeliveryStatus::GivenUp, at, failure.text)
        }
        Err(failure) => {
            let asked = failure.wait.unwrap_or(0).min(MOST_ASKED);
            let wait = wait_after(delivery.attempts, random()).max(asked);
            (DeliveryStatus::Waiting, at.saturating_add(wait), failure.text)
        }
    };
    let error: String = error
        .chars()
        .filter(|letter| *letter != '\0')
        .take(SHOWN)
        .collect();
    store.write(claimed.tenant, |session| {
        session
            .end_attempt((delivery.id, delivery.attempts), status, (at, next_at), &error)
            .map(|_| ())
    })
}

/// Sends one delivery, however it is to be sent.
fn send(store: &Store, notifier: &Notifier, claimed: &Claimed, at: i64) -> Result<Outcome, StoreError> {
    let Claimed {
        delivery, channel, ..
    } = claimed;
    let Ok(payload) = serde_json::from_str::<Payload>(&delivery.payload) else {
        return Ok(Err(Failure::last("what is to be told cannot be read")));
    };
    let Ok(settings) = serde_json::from_str::<Settings>(&channel.settings) else {
        return Ok(Err(Failure::last(
            "the settings of the channel cannot be read: save them again",
        )));
    };
    let secrets = match open(notifier, claimed.tenant, channel) {
        Ok(secrets) => secrets,
        Err(failure) => return Ok(Err(failure)),
    };
    let id = id_of(&channel.uid, &delivery.key);
    let letter = Letter {
        id: &id,
        at,
        payload: &payload,
        target: &settings.target,
        secrets: &secrets,
    };
    if !settings.target.is_tracker() {
        return Ok(notifier.send(&letter));
    }
    notifier.track(store, &letter, claimed)
}

/// What a message is known by: the same in each attempt, and never that of another message.
fn id_of(uid: &str, key: &str) -> String {
    let digest = hex(&Sha256::digest(format!("{uid} {key}").as_bytes()));
    format!("msg_{}", digest.get(..32).unwrap_or_default())
}

/// The secrets of a channel.
fn open(notifier: &Notifier, tenant: TenantId, channel: &ChannelRow) -> Result<Secrets, Failure> {
    let opened = notifier
        .key()
        .open(&place(tenant, &channel.uid), &channel.sealed)
        .map_err(|error| {
            Failure::last(format!(
                "the secrets of the channel cannot be read: {error}; give this server the key file of the one that kept them, or say the secrets again"
            ))
        })?;
    serde_json::from_slice(&opened)
        .map_err(|_| Failure::last("the secrets of the channel cannot be read: say them again"))
}

/// What sealed secrets belong to.
pub(crate) fn place(tenant: TenantId, uid: &str) -> String {
    format!("channel {} {uid}", tenant.0)
}

impl Claimed {
    pub(super) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(super) fn tenant_name(&self) -> &str {
        &self.tenant_name
    }

    pub(super) const fn channel(&self) -> &ChannelRow {
        &self.channel
    }

    pub(super) const fn remedy(&self) -> Option<i64> {
        self.delivery.remedy
    }
}

/// How long to wait after so many attempts: three times longer each time, and up to a quarter more or less, so that many do not come
/// back at once. `random` is 0 to 1000.
fn wait_after(attempts: i64, random: i64) -> i64 {
    let exponent = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let wait = FIRST_WAIT
        .saturating_mul(3_i64.saturating_pow(exponent))
        .min(LONGEST_WAIT);
    wait * 3 / 4 + wait / 2 * random.clamp(0, 1_000) / 1_000
}

fn random() -> i64 {
    let bytes = secret::random::<2>().unwrap_or([1, 0]);
    i64::from(u16::from_le_bytes(bytes)) % 1_001
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_are_spread_and_go_on_for_about_two_days() {
        for attempts in 1..MOST_ATTEMPTS {
            assert!(wait_after(attempts, 0) < wait_after(attempts, 1_000));
            assert!(wait_after(attempts + 1, 0) >= wait_after(attempts, 0));
            assert!(wait_after(attempts, 1_000) <= LONGEST_WAIT * 5 / 4);
        }
        assert_eq!(wait_after(1, 500), 5_000);
        let all: i64 = (1..MOST_ATTEMPTS).map(|attempts| wait_after(attempts, 500)).sum();
        let hours = all / 3_600_000;
        assert!((30..60).contains(&hours), "{hours}");
    }
}
