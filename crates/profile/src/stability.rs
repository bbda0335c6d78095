//! How much of a workload a profile has seen: what one more look would show that is new, estimated from what was seen only once (Good and Turing; for
//! windows in which something is or is not seen, Chao and Colwell, "Thirty years of progeny from Chao's inequality", 2017).

use std::fmt::Write;

use crate::profile::{Profile, Seen};

/// Windows below which nothing is said of what was not seen
const WINDOWS_LEAST: u32 = 10;
/// Starts below which nothing is said of them
const STARTS_LEAST: u32 = 2;
/// New things that one more window would show, at most, where enough was seen
const ENOUGH: f64 = 0.05;

/// How much was seen of a workload.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// New things that one more start would show: system calls and files, on average; None where too few were seen to say
    pub by_start: Option<f64>,
    /// The same for one more window; None where too few were seen to say
    pub by_window: Option<f64>,
    /// How likely one more window, or where there are none one more start, shows nothing new: 0 to 1; 0 where it cannot be said
    pub score: f64,
    /// Whether enough was seen
    pub enough: bool,
}

impl Stability {
    /// Of a profile.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let (starts, windows) = (profile.extent.starts, profile.extent.windows);
        let once = |test: fn(&Seen) -> bool| {
            let calls = profile.calls.values().chain(profile.compat_calls.values());
            let files = profile.files.values().map(|file| &file.seen);
            let count = calls.chain(files).filter(|seen| test(seen)).count();
            f64::from(u32::try_from(count).unwrap_or(u32::MAX))
        };
        let by_start = (starts >= STARTS_LEAST)
            .then(|| once(|seen| seen.starts == 1 && seen.windows == 0) / f64::from(starts));
        let by_window = (windows >= WINDOWS_LEAST)
            .then(|| once(|seen| seen.windows == 1 && seen.starts == 0) / f64::from(windows));
        // A command that ends by itself has only starts, and as many of them have to be seen as windows of a service.
        let (telling, looks, least) = if windows == 0 {
            (by_start, starts, WINDOWS_LEAST)
        } else {
            (by_window, windows, WINDOWS_LEAST)
        };
        Self {
            by_start,
            by_window,
            score: telling.map_or(0.0, |new| (-new).exp()),
            enough: looks >= least
                && telling.is_some_and(|new| new <= ENOUGH)
                && profile.extent.unreadable.is_none(),
        }
    }

    /// What that means, as a sentence or more.
    #[must_use]
    pub fn sentence(&self, profile: &Profile) -> String {
        let (starts, windows) = (profile.extent.starts, profile.extent.windows);
        let mut text = format!(
            "Seen: {} and {}.",
            counted(starts, "start"),
            counted(windows, "later window")
        );
        if let Some(new) = self.by_window {
            let _ = write!(
                text,
                " One more window would show {new:.2} new things on average."
            );
        }
        if let Some(new) = self.by_start {
            let _ = write!(text, " One more start would show {new:.2}.");
        }
        let unreadable = profile.extent.unreadable;
        if self.enough {
            text.push_str(" That is enough.");
        } else if !unreadable.is_none() {
            let _ = write!(
                text,
                " That is not enough: {} events, {} counts and {} paths are missing.",
                unreadable.events, unreadable.uncounted, unreadable.paths
            );
        } else if windows == 0 {
            let _ = write!(
                text,
                " That is not enough: learn at least {WINDOWS_LEAST} runs, until nothing new comes."
            );
        } else if windows < WINDOWS_LEAST {
            let _ = write!(
                text,
                " That is not enough: learn at least {WINDOWS_LEAST} windows, and exercise it meanwhile."
            );
        } else {
            text.push_str(" That is not enough: learn longer, and exercise what it did not do yet.");
        }
        text
    }
}

fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Architecture;
    use crate::window::Window;

    fn window(calls: &[&str]) -> Window {
        Window {
            calls: calls.iter().map(|&call| call.to_owned()).collect(),
            ..Window::default()
        }
    }

    #[test]
    fn what_always_does_the_same_was_seen_enough_and_what_keeps_changing_was_not() {
        let mut same = Profile::new("same", Architecture::X86_64);
        let mut changing = same.clone();
        same.add(window(&["execve"]), true);
        changing.add(window(&["execve"]), true);
        for turn in 0..40 {
            same.add(window(&["read", "write"]), false);
            changing.add(window(&["read", &format!("call{turn}")]), false);
        }
        let (same, changing) = (Stability::of(&same), Stability::of(&changing));
        assert!(same.enough && same.score > 0.99, "{same:?}");
        assert!(!changing.enough && changing.score < 0.5, "{changing:?}");
        assert_eq!(changing.by_window, Some(1.0));
    }

    #[test]
    fn nothing_is_said_of_what_was_hardly_looked_at_and_idleness_is_no_evidence() {
        let mut profile = Profile::new("idle", Architecture::X86_64);
        profile.add(window(&["read"]), true);
        for _ in 0..100 {
            profile.add(Window::default(), false);
        }
        let stability = Stability::of(&profile);
        assert_eq!((stability.by_start, stability.by_window), (None, None));
        assert!(!stability.enough && stability.score == 0.0);
        assert!(stability.sentence(&profile).contains("not enough"));
    }

    #[test]
    fn what_was_lost_is_never_enough() {
        let mut profile = Profile::new("lost", Architecture::X86_64);
        for _ in 0..40 {
            profile.add(window(&["read"]), false);
        }
        assert!(Stability::of(&profile).enough);
        let mut lossy = window(&["read"]);
        lossy.unreadable.events = 1;
        profile.add(lossy, false);
        assert!(!Stability::of(&profile).enough);
    }
}
