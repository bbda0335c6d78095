//! Every built-in leak rule does what its examples say, with all rules in force.

use bartizan_code::leak::{LeakCheck, LeakOptions, examples};
use bartizan_content::builtin;

#[test]
fn every_rule_fires_where_it_must_and_stays_quiet_where_it_must() {
    let check = LeakCheck::new(LeakOptions::default());
    let mut problems = Vec::new();
    for rule in builtin::leak_rules() {
        problems.extend(examples::problems(rule, &check).into_iter().map(|problem| format!("{}: {problem}", rule.id)));
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}
