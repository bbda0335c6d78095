//! What the sensor could not tell is an alert of its own: rules may have been true of it.

use std::time::{SystemTime, UNIX_EPOCH};

use bartizan_model::runtime::{Alert, Priority};
use bartizan_sensor::Counts;

use crate::terminal::Terminal;

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
        let output =
            format!("{new} events were lost, {all} since the start: what rules say of them is not known");
        let fields = [
            ("lost.full", counts.full),
            ("lost.nested", counts.nested),
            ("lost.capped", counts.capped),
            ("lost.unread", counts.unread),
        ];
        Some(own_alert(NAME, output, &fields))
    }

    /// Whether nothing was lost
    pub(super) const fn none(&self) -> bool {
        self.told == 0
    }
}

/// Says how often a program was not read for its digest; how often.
pub(super) fn say_undigested(counts: Counts, terminal: Terminal) -> u64 {
    let unknown = counts.digests_unknown;
    if unknown > 0 {
        terminal.warn(format!(
            "digests of programs were not known {unknown} times: the program was gone, larger than 256 MiB, or not read in time"
        ));
    }
    unknown
}

/// An alert of the agent about itself: it cannot do what it is there for.
pub(super) fn own_alert(name: &str, output: String, fields: &[(&str, u64)]) -> Alert {
    let time = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let fields = fields
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).into()));
    Alert {
        rule: name.to_owned(),
        priority: Priority::Critical,
        time: u64::try_from(time).unwrap_or(u64::MAX),
        source: "agent".to_owned(),
        output,
        fields: fields.collect(),
        tags: Vec::new(),
        processes: Vec::new(),
        container: None,
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
