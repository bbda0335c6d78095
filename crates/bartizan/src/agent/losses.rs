//! What the sensor could not tell is an alert of its own: rules may have been true of it.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bartizan_model::runtime::{Alert, Priority};
use bartizan_sensor::Counts;

/// Name that the alert has in place of a rule's
const NAME: &str = "Events were lost";

/// Losses that were told of.
#[derive(Debug, Default)]
pub(super) struct Losses {
    told: u64,
}

impl Losses {
    /// An alert where more was lost since the last one.
    pub(super) fn since(&mut self, counts: Counts) -> Option<Alert> {
        let all = counts.lost();
        let new = all.checked_sub(self.told).filter(|new| *new > 0)?;
        self.told = all;
        let time = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        let number = |key: &str, value: u64| (key.to_owned(), value.into());
        Some(Alert {
            rule: NAME.to_owned(),
            priority: Priority::Critical,
            time: u64::try_from(time).unwrap_or(u64::MAX),
            source: "agent".to_owned(),
            output: format!(
                "{new} events were lost, {all} since the start: what rules say of them is not known"
            ),
            fields: BTreeMap::from([
                number("lost.full", counts.full),
                number("lost.nested", counts.nested),
                number("lost.capped", counts.capped),
                number("lost.unread", counts.unread),
            ]),
            tags: Vec::new(),
            processes: Vec::new(),
            container: None,
        })
    }

    /// Whether nothing was lost
    pub(super) const fn none(&self) -> bool {
        self.told == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_is_told_once() {
        let mut losses = Losses::default();
        let counts = |full| Counts {
            full,
            ..Counts::default()
        };
        assert_eq!(losses.since(counts(0)), None);
        let alert = losses.since(counts(7)).expect("seven were lost");
        assert!(alert.output.starts_with("7 events"), "{}", alert.output);
        assert_eq!(losses.since(counts(7)), None);
        assert!(
            losses
                .since(counts(9))
                .is_some_and(|alert| alert.output.starts_with("2 events"))
        );
        assert!(!losses.none());
    }
}
