//! Programs that were in the kernel before policies were in force: nobody asked who loaded them.
//!
//! In: policies that list who may load programs, and the inventory of the kernel. Out: an alert for each program that belongs to nobody on the list of a policy,
//! for the workloads that the policy holds in.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bartizan_detect::harmless;
use bartizan_model::guard::{Forbidden, Policy};
use bartizan_model::runtime::{Alert, AlertProcess, Priority};
use bartizan_sensor::inventory::{Holder, Inventory, Program};

use crate::loaders::judge::{Whose, whose};
use crate::terminal::Terminal;

/// What is told of them, and whether all that is in the kernel could be looked at.
pub(super) fn alerts(policies: &[Policy], terminal: Terminal) -> (Vec<Alert>, bool) {
    if policies.iter().all(|policy| policy.rules.only_loaders.is_none()) {
        return (Vec::new(), true);
    }
    let inventory = match Inventory::take() {
        Ok(inventory) => inventory,
        Err(error) => {
            terminal.warn(format!(
                "who loaded programs before is not known: {error}; {}",
                error.help()
            ));
            return (Vec::new(), false);
        }
    };
    for why in &inventory.unread {
        terminal.warn(bartizan_model::text::line(why));
    }
    let time = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
    let mut all = Vec::new();
    for policy in policies {
        let Some(loaders) = &policy.rules.only_loaders else {
            continue;
        };
        for program in &inventory.programs {
            let holders: Vec<Option<&Holder>> = match whose(&inventory, program, Some(loaders)) {
                Whose::Own | Whose::Listed => continue,
                Whose::Nobody => vec![None],
                Whose::Unlisted(pids) => pids.iter().map(|pid| inventory.processes.get(pid)).collect(),
            };
            let here: Vec<Option<&Holder>> = holders
                .into_iter()
                .filter(|holder| holds(policy, *holder))
                .collect();
            if !here.is_empty() {
                all.push(alert(policy, program, &here, time));
            }
        }
    }
    (all, inventory.unread.is_empty())
}

/// Whether a policy holds for a process, by its cgroup or one around it; for what belongs to nobody, whether it does on the host itself.
fn holds(policy: &Policy, holder: Option<&Holder>) -> bool {
    let cgroup = holder.map_or("/", |holder| &holder.cgroup);
    let container = holder.and_then(|holder| holder.container.as_ref());
    let ends = cgroup.match_indices('/').map(|(at, _)| at).skip(1);
    let around = ends
        .chain([cgroup.len()])
        .filter_map(|end| cgroup.get(..end))
        .chain(["/"]);
    around.into_iter().any(|path| {
        policy
            .workloads
            .iter()
            .any(|workload| workload.selects(path, container))
    })
}

fn alert(policy: &Policy, program: &Program, holders: &[Option<&Holder>], time: u64) -> Alert {
    let name = harmless(policy.name.as_bytes());
    let rule = Forbidden::UnlistedLoader.name();
    let object = format!(
        "program {} ({} {})",
        program.id,
        harmless(program.kind.as_bytes()),
        harmless(&program.name)
    );
    let holders: Vec<&Holder> = holders.iter().copied().flatten().collect();
    let by: Vec<String> = holders
        .iter()
        .map(|holder| format!("{} (process {})", harmless(&holder.name), holder.pid))
        .collect();
    let by = if by.is_empty() {
        "and held by no process".to_owned()
    } else {
        format!("held by {}", by.join(", "))
    };
    let text = |key: &str, value: &str| (key.to_owned(), value.into());
    Alert {
        rule: format!("Policy {name}"),
        priority: Priority::Warning,
        time,
        source: "policy".to_owned(),
        output: format!("told: {rule} {object}, loaded before the policy {name} that forbids it, {by}"),
        fields: BTreeMap::from([
            text("policy.names", &name),
            text("policy.rule", rule),
            text("policy.verdict", "told"),
            text("policy.object", &object),
        ]),
        tags: Vec::new(),
        processes: holders.iter().map(|holder| process(holder)).collect(),
        container: holders
            .first()
            .and_then(|holder| holder.shown_container(harmless)),
    }
}

fn process(holder: &Holder) -> AlertProcess {
    AlertProcess {
        pid: holder.pid,
        name: harmless(&holder.name),
        executable: harmless(&holder.path),
        digest: holder.digest.as_deref().unwrap_or_default().to_owned(),
        command: String::new(),
        directory: String::new(),
        user: holder.user,
        started: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::guard::{Action, Mode, Rules, Workload};
    use bartizan_model::runtime::Container;

    fn policy(workload: Workload) -> Policy {
        Policy {
            name: "p".into(),
            workloads: vec![workload],
            mode: Mode::Audit,
            action: Action::Deny,
            rules: Rules::default(),
        }
    }

    fn holder(cgroup: &str, container: Option<Container>) -> Holder {
        Holder {
            cgroup: cgroup.into(),
            container,
            ..Holder::default()
        }
    }

    #[test]
    fn a_policy_holds_in_the_cgroup_that_it_names_and_below() {
        let slice = policy(Workload {
            cgroup: Some("/system.slice".into()),
            ..Workload::default()
        });
        assert!(holds(&slice, Some(&holder("/system.slice/a.service", None))));
        assert!(holds(&slice, Some(&holder("/system.slice", None))));
        assert!(!holds(&slice, Some(&holder("/user.slice/a", None))));
        assert!(!holds(&slice, None));
        let all = policy(Workload {
            cgroup: Some("/".into()),
            ..Workload::default()
        });
        assert!(holds(&all, Some(&holder("/user.slice/a", None))) && holds(&all, None));
    }

    #[test]
    fn a_policy_of_the_host_does_not_hold_in_its_containers() {
        let host = policy(Workload {
            host: true,
            ..Workload::default()
        });
        assert!(holds(&host, Some(&holder("/system.slice/a.service", None))));
        assert!(!holds(
            &host,
            Some(&holder("/docker/x", Some(Container::default())))
        ));
    }
}
