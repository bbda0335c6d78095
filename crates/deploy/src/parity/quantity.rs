//! Quantities of Kubernetes.
//!
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.

use bartizan_document::{Node, Value};

/// How much a quantity is, in base units; none where it is no quantity.
pub(super) fn amount(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Int(_) | Value::Float(_) => node.to_json().as_f64(),
        Value::Text(text) => parse(text),
        _ => None,
    }
}

fn parse(text: &str) -> Option<f64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = text.get(digits.len()..)?;
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024_f64.powi(4),
        "Pi" => 1024_f64.powi(5),
        "Ei" => 1024_f64.powi(6),
        _ => return None,
    };
    let number: f64 = digits.parse().ok()?;
    number.is_finite().then_some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_what_it_says_however_it_is_written() {
        assert_eq!(parse("1"), parse("1000m"));
        assert_eq!(parse("1Ki"), parse("1024"));
        assert_eq!(parse("1e3"), parse("1k"));
        assert_eq!(parse("0Mi"), Some(0.0));
        for text in ["", "Mi", "1 Mi", "1mi", "inf", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
