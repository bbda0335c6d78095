//! What Trivy gives its checks: a result at the place of its cause, and whether a resource is managed by what was scanned.
//!
//! <https://trivy.dev/docs/latest/tutorials/misconfiguration/custom-checks/>

use super::{Named, string};
use regorus::Value;
use std::collections::BTreeMap;

pub(super) const ALL: &[Named] = &[
    ("isManaged", 1, |given| {
        Some(origin(given.first()?, "managed").unwrap_or(Value::from(true)))
    }),
    ("result.new", 2, |given| {
        let cause = given.get(1)?;
        let mut result = BTreeMap::from([(string("msg"), given.first()?.clone())]);
        for field in [
            "filepath",
            "startline",
            "endline",
            "explicit",
            "managed",
            "fskey",
            "sourceprefix",
            "resource",
            "parent",
        ] {
            if let Some(value) = origin(cause, field) {
                result.insert(string(field), value);
            }
        }
        Some(Value::from(result))
    }),
];

/// What is known of where a value comes from: Trivy keeps it beside the value, under either name.
fn origin(value: &Value, field: &str) -> Option<Value> {
    let Value::Object(map) = value else {
        return None;
    };
    let place = match map.get(&string("__defsec_metadata")) {
        Some(Value::Object(place)) => place,
        _ => map,
    };
    place.get(&string(field)).cloned()
}
