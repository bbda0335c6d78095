//! The rules of the product: loaded like files of one's own, so that such a file may change each by its id; with their manuals, and tried on their
//! examples.

use std::sync::Arc;

use bartizan_content::DetectRule;
use bartizan_content::builtin::detect_pack;
use bartizan_model::RuleInfo;
use serde_json::json;

use crate::evaluate::Detector;
use crate::example;
use crate::{Loader, Problem};

impl Loader {
    /// Reads the rules of the product.
    pub fn add_pack(&mut self) -> &mut Self {
        let pack = detect_pack();
        for (name, text) in &pack.shared {
            self.add(&format!("built-in {name}"), text);
        }
        for rule in &pack.rules {
            self.add(&format!("built-in {}", rule.id), &item(rule));
        }
        self
    }
}

/// A rule as a file of Falco's rules has it; JSON is YAML, too.
fn item(rule: &DetectRule) -> String {
    let tags: Vec<&str> = rule
        .techniques()
        .chain(rule.attack.keys().map(String::as_str))
        .collect();
    json!([{
        "rule": rule.id,
        "desc": rule.title,
        "condition": rule.condition,
        "output": rule.output.trim(),
        "priority": rule.priority,
        "tags": tags,
    }])
    .to_string()
}

/// The manuals of all rules of the product, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    detect_pack().rules.iter().map(DetectRule::info).collect()
}

/// Each rule of the product by its id, with what is wrong about it: what was said when it was loaded, and examples that do not do what they say.
#[must_use]
pub fn problems_of_pack() -> Vec<(&'static str, Vec<String>)> {
    let mut loader = Loader::new();
    let (rules, told) = std::mem::take(loader.add_pack()).finish();
    let mut detector = Detector::new(Arc::new(rules));
    let all = detect_pack().rules.iter().map(|rule| {
        let told = told.iter().filter(|problem| *problem.rule == *rule.id);
        let mut wrong: Vec<String> = told.map(Problem::to_string).collect();
        for (kind, examples, fires) in [
            ("fire", &rule.examples.fire, true),
            ("quiet", &rule.examples.quiet, false),
        ] {
            let tried = (1..).zip(examples).filter_map(|(number, text)| {
                let problem = tried(&mut detector, &rule.id, text, fires).err()?;
                Some(format!("{kind} example {number}: {problem}"))
            });
            wrong.extend(tried);
        }
        (rule.id.as_str(), wrong)
    });
    all.collect()
}

fn tried(detector: &mut Detector, id: &str, text: &str, must_fire: bool) -> Result<(), String> {
    let document = example::document(text)?;
    let event = example::event(&document)?;
    let matched = detector.judge(&event).to_vec();
    let rules = detector.rules();
    let mut names = matched.iter().filter_map(|id| Some(&*rules.get(*id)?.name));
    match (names.any(|name| name == id), must_fire) {
        (false, true) => Err("must fire and stayed quiet".to_owned()),
        (true, false) => Err("must stay quiet and fired".to_owned()),
        (true, true) if !rules.needs().cover(&event) => {
            Err("fires, and the kernel is not asked to tell of it".to_owned())
        }
        _ => Ok(()),
    }
}
