//! Requirements of published standards as rules write them: a framework, and its numbers.

use bartizan_model::Control;
use std::collections::BTreeMap;

/// One control for each number.
pub(crate) fn controls(named: &BTreeMap<String, Vec<String>>) -> Vec<Control> {
    let all = named
        .iter()
        .flat_map(|(framework, ids)| ids.iter().map(move |id| (framework, id)));
    all.map(|(framework, id)| Control {
        framework: framework.clone(),
        id: id.clone(),
    })
    .collect()
}
