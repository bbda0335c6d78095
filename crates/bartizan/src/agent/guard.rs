//! Policies that the agent enforces: read from files, put in force as far as the kernel lets them, and what they decide told as alerts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bartizan_detect::{harmless, policies};
use bartizan_engine::system::{Machine, System};
use bartizan_model::guard::{Action, Forbidden, Mode, POLICIES_MAX, Policy};
use bartizan_model::runtime::{Alert, AlertContainer, AlertProcess, Priority};
use bartizan_sensor::Sensor;
use bartizan_sensor::guard::{Decision, Guard, Tier, Verdict};

use super::{loaded_before, text_of};
use crate::args::GuardArgs;
use crate::error::{Error, Outcome};
use crate::loaders;
use crate::table::counted;
use crate::terminal::Terminal;

/// Policies in force.
pub(super) struct Guarding {
    guard: Guard,
    /// As files have them, without what manifests list
    policies: Vec<Policy>,
    confirming: Option<Confirming>,
    untold: u64,
    /// Whether it was said that not every directory is one that processes wait for
    full: bool,
    /// What was loaded before by who is on no list, until it is told
    before: Vec<Alert>,
    /// Whether it could be known what was
    all_before: bool,
    terminal: Terminal,
}

/// Enforcement that ends unless somebody confirms it.
struct Confirming {
    confirmed: Arc<AtomicBool>,
    until: Instant,
}

/// Reads policies without putting them in force, so that what is wrong with them is said.
pub(super) fn check(args: &GuardArgs, terminal: Terminal) -> Result<(), Error> {
    for policy in with_manifests(&load(args, terminal)?)? {
        terminal.note(line(&policy, Tier::Guard));
    }
    Ok(())
}

/// Takes away what agents before left in force.
pub(super) fn unpin(terminal: Terminal) -> Outcome {
    let ended =
        bartizan_sensor::guard::unpin().map_err(|error| Error::usage(error.to_string(), error.help()))?;
    terminal.note(match ended {
        0 => "no policies were left in force".to_owned(),
        _ => "policies that were left in force are not any more".to_owned(),
    });
    Ok(0)
}

/// Puts policies in force; none where no file of any was named. Says the tier, and why it is no higher one.
pub(super) fn start(args: &GuardArgs, terminal: Terminal) -> Result<Option<Guarding>, Error> {
    if args.policy.is_empty() {
        return Ok(None);
    }
    let policies = load(args, terminal)?;
    let listing = with_manifests(&policies)?;
    let (before, all_before) = loaded_before::alerts(&listing, terminal);
    let (guard, unreached) =
        Guard::start(listing).map_err(|error| Error::usage(error.to_string(), error.help()))?;
    for one in &unreached {
        terminal.warn(format!(
            "the tier {} is not reached: {}",
            one.tier.name(),
            one.why
        ));
    }
    let reached = guard.as_ref().map_or(Tier::Observe, Guard::tier);
    if reached < args.tier || guard.is_none() {
        return Err(Error::usage(
            format!("policies would be in force in the tier {} only", reached.name()),
            "ask for less with --tier, or run it on a kernel that can do more: `bartizan doctor` says what this one can",
        ));
    }
    let Some(mut guard) = guard else { return Ok(None) };
    terminal.note(format!("tier {}: {}", reached.name(), means(reached)));
    if let Some(why) = guard.late() {
        terminal.warn(format!(
            "programs and opening to write are not refused, but end the process that was given them: {why}"
        ));
    }
    for policy in &policies {
        terminal.note(line(policy, reached));
    }
    let confirming = confirming(args, &mut guard, terminal)?;
    if args.pin {
        guard
            .pin()
            .map_err(|error| Error::usage(error.to_string(), error.help()))?;
        terminal.note("policies stay in force when the agent ends; `bartizan agent --unpin` ends them");
    }
    Ok(Some(Guarding {
        guard,
        policies,
        confirming,
        untold: 0,
        full: false,
        before,
        all_before,
        terminal,
    }))
}

fn confirming(args: &GuardArgs, guard: &mut Guard, terminal: Terminal) -> Result<Option<Confirming>, Error> {
    let Some(time) = args.confirm_within else {
        return Ok(None);
    };
    let confirmed = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&confirmed))
        .map_err(|error| Error::usage(format!("SIGUSR1 cannot be waited for: {error}"), "try again"))?;
    guard
        .enforce_for(Some(time))
        .map_err(|error| Error::usage(error.to_string(), error.help()))?;
    terminal.note(format!(
        "policies are enforced for {} and then only told, unless this is confirmed: kill -USR1 {}",
        counted(usize::try_from(time.as_secs()).unwrap_or(usize::MAX), "second"),
        std::process::id()
    ));
    Ok(Some(Confirming {
        confirmed,
        until: Instant::now() + time,
    }))
}

const fn means(tier: Tier) -> &'static str {
    match tier {
        Tier::Observe => "nothing is stopped",
        Tier::Restrain => {
            "connections, programs and opening to write are refused where the kernel can wait for it; otherwise, and for tracing and loading, the process is killed before it goes on"
        }
        Tier::Guard => "the kernel refuses what policies forbid",
    }
}

/// What becomes of a policy in a tier
fn line(policy: &Policy, tier: Tier) -> String {
    let rules: Vec<&str> = Forbidden::ALL
        .into_iter()
        .filter(|rule| policy.rules.has(*rule))
        .map(Forbidden::name)
        .collect();
    let does = match (policy.mode, policy.action) {
        (Mode::Audit, _) => "tells of",
        (Mode::Enforce, Action::Deny) => "denies",
        (Mode::Enforce, Action::Kill) => "kills for",
    };
    let late: Vec<&str> = [Forbidden::Module, Forbidden::Mount]
        .into_iter()
        .filter(|rule| policy.rules.has(*rule) && policy.mode == Mode::Enforce && tier == Tier::Restrain)
        .map(Forbidden::name)
        .collect();
    let mut text = format!(
        "policy `{}` {does} {}",
        harmless(policy.name.as_bytes()),
        rules.join(", ")
    );
    if !late.is_empty() {
        text.push_str(&format!(
            "; in this tier {} cannot be kept from happening",
            late.join(" and ")
        ));
    }
    text
}

fn load(args: &GuardArgs, terminal: Terminal) -> Result<Vec<Policy>, Error> {
    let mut all: Vec<Policy> = Vec::new();
    let mut wrong = 0;
    for path in &args.policy {
        match policies(&path.display().to_string(), &text_of(path, LARGEST)?) {
            Ok(read) => all.extend(read),
            Err(problems) => {
                wrong += problems.len();
                for problem in problems {
                    terminal.warn(problem);
                }
            }
        }
    }
    if wrong > 0 {
        return Err(Error::usage(
            format!(
                "{} in files of policies: none is in force",
                counted(wrong, "problem")
            ),
            "mend what is named above",
        ));
    }
    let mut names: Vec<&str> = all.iter().map(|policy| &*policy.name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair.first() == pair.last());
    if let Some([name, ..]) = twice {
        return Err(Error::usage(
            format!("two files have a policy `{}`", harmless(name.as_bytes())),
            "give each its own name: alerts are told by it",
        ));
    }
    if all.len() > POLICIES_MAX {
        return Err(Error::usage(
            format!(
                "{} policies are more than the {POLICIES_MAX} that the kernel is told of",
                all.len()
            ),
            "put together those that hold for the same workloads",
        ));
    }
    Ok(all)
}

/// The same policies, with those whom their manifests list. One that does not hold is an error: it lists nobody.
fn with_manifests(policies: &[Policy]) -> Result<Vec<Policy>, Error> {
    let mut all = policies.to_vec();
    for policy in &mut all {
        if let Some(manifest) = &policy.rules.manifest {
            let listed = loaders::verified(
                Path::new(&*manifest.file),
                Path::new(&*manifest.key),
                Machine.now(),
            )?;
            policy.rules.only_loaders.get_or_insert_default().extend(listed);
        }
    }
    Ok(all)
}

/// Reads manifests again. Where one does not hold any more, that is said, and all lists stay as they were.
pub(super) fn reload(guarding: &mut Option<Guarding>, terminal: Terminal) {
    let Some(Guarding { guard, policies, .. }) = guarding else {
        return;
    };
    if policies.iter().all(|policy| policy.rules.manifest.is_none()) {
        return;
    }
    let read = with_manifests(policies).and_then(|policies| {
        guard
            .list_anew(&policies)
            .map_err(|error| Error::usage(error.to_string(), error.help()))
    });
    match read {
        Ok(()) => terminal.note("manifests of who may load programs, read again"),
        Err(error) => terminal.warn(format!("{}; the lists in force stay", error.message)),
    }
}

/// Bytes of one file of policies at most
const LARGEST: u64 = 4 << 20;

/// What was decided since the last time, after events of the sensor were read.
pub(super) fn alerts(guarding: &mut Option<Guarding>, sensor: &mut Sensor) -> Result<Vec<Alert>, Error> {
    guarding
        .as_mut()
        .map_or_else(|| Ok(Vec::new()), |guarding| guarding.alerts(sensor))
}

impl Guarding {
    fn alerts(&mut self, sensor: &mut Sensor) -> Result<Vec<Alert>, Error> {
        self.confirm()?;
        let mut all = std::mem::take(&mut self.before);
        self.guard
            .read(sensor, |decision| all.push(alert(decision)))
            .map_err(|error| Error::usage(error.to_string(), error.help()))?;
        let untold = self.guard.untold();
        if untold > self.untold {
            self.terminal.warn(format!(
                "{} of policies could not be told",
                counted(
                    usize::try_from(untold - self.untold).unwrap_or(usize::MAX),
                    "decision"
                )
            ));
            self.untold = untold;
        }
        if self.guard.is_full() && !self.full {
            self.terminal.warn(
                "policies protect more than 32768 directories: for writing in the others the process is killed, not refused; \
                 name fewer of them in `write`",
            );
            self.full = true;
        }
        Ok(all)
    }

    /// Whether every decision was told, and all that was loaded before is known
    pub(super) const fn whole(&self) -> bool {
        self.untold == 0 && self.all_before
    }

    fn confirm(&mut self) -> Result<(), Error> {
        let Some(confirming) = &self.confirming else {
            return Ok(());
        };
        let in_time = Instant::now() < confirming.until;
        if in_time && !confirming.confirmed.load(Ordering::Relaxed) {
            return Ok(());
        }
        if in_time {
            self.guard
                .enforce_for(None)
                .map_err(|error| Error::usage(error.to_string(), error.help()))?;
            self.terminal.note("confirmed: policies stay enforced");
        } else {
            self.terminal
                .warn("nobody confirmed: policies are not enforced any more, and only told");
        }
        self.confirming = None;
        Ok(())
    }
}

fn alert(decision: &Decision) -> Alert {
    let policies = harmless(decision.policies.join(", ").as_bytes());
    let process = &decision.process;
    let what = match &decision.peer {
        Some(peer) => peer.to_string(),
        None if decision.traced != 0 => format!("process {}", decision.traced),
        None => harmless(&decision.path),
    };
    let (verdict, priority) = match decision.verdict {
        Verdict::Told => ("told", Priority::Warning),
        Verdict::Refused => ("refused", Priority::Critical),
        Verdict::Killed => ("killed", Priority::Critical),
    };
    let name = decision.rule.name();
    let text = |key: &str, value: &str| (key.to_owned(), value.into());
    Alert {
        rule: format!("Policy {policies}"),
        priority,
        time: decision.time,
        source: "policy".to_owned(),
        output: format!(
            "{verdict}: {name}{}{what} by {} (process {}), which the policy {policies} forbids",
            if what.is_empty() { "" } else { " " },
            harmless(&process.name),
            process.pid
        ),
        fields: BTreeMap::from([
            text("policy.names", &policies),
            text("policy.rule", name),
            text("policy.verdict", verdict),
            text("policy.object", &what),
        ]),
        tags: Vec::new(),
        processes: std::iter::once(&**process)
            .chain(process.ancestors())
            .map(|one| AlertProcess::of(one, harmless))
            .collect(),
        container: process
            .container
            .as_ref()
            .map(|container| AlertContainer::of(container, harmless)),
    }
}
