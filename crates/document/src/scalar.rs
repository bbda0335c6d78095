//! What a plain scalar means.

use crate::{Dialect, Value};

/// The value of a scalar without quotes and without a tag.
pub(crate) fn plain(text: &str, dialect: Dialect) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        _ => {}
    }
    if dialect == Dialect::Kubernetes {
        match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Bool(false),
            _ => {}
        }
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        number(text, dialect).unwrap_or_else(|| Value::Text(text.into()))
    } else {
        Value::Text(text.into())
    }
}

/// The number that a text is, if it is one.
pub(crate) fn number(text: &str, dialect: Dialect) -> Option<Value> {
    let old = dialect == Dialect::Kubernetes;
    let cleaned;
    let text = if old && text.contains('_') {
        cleaned = text.replace('_', "");
        cleaned.as_str()
    } else {
        text
    };
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Some(Value::Float(if negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        }));
    }
    let radix = |digits: &str, radix| {
        let value = digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric())
            .then(|| i64::from_str_radix(digits, radix).ok())??;
        Some(Value::Int(if negative { -value } else { value }))
    };
    if let Some(hex) = digits.strip_prefix("0x") {
        return radix(hex, 16);
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return radix(octal, 8);
    }
    if old {
        if let Some(binary) = digits.strip_prefix("0b") {
            return radix(binary, 2);
        }
        if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return radix(digits, 8);
        }
    }
    if digits.is_empty() || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.strip_prefix('+').unwrap_or(text).parse() {
            Ok(value) => Some(Value::Int(value)),
            Err(_) => text.parse().ok().map(Value::Float),
        };
    }
    let float = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    float.then(|| text.parse().ok().map(Value::Float))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_of_old_yaml_are_those_that_the_kubernetes_decoder_takes() {
        assert_eq!(plain("yes", Dialect::Kubernetes), Value::Bool(true));
        assert_eq!(plain("off", Dialect::Kubernetes), Value::Bool(false));
        assert_eq!(plain("on", Dialect::Core), Value::Text("on".into()));
    }

    #[test]
    fn numbers_are_read_in_every_notation_and_nothing_else_is_one() {
        assert_eq!(plain("0644", Dialect::Kubernetes), Value::Int(0o644));
        assert_eq!(plain("0644", Dialect::Core), Value::Int(644));
        assert_eq!(plain("0x1F", Dialect::Core), Value::Int(31));
        assert_eq!(plain("-12", Dialect::Core), Value::Int(-12));
        assert_eq!(plain("+12", Dialect::Core), Value::Int(12));
        assert_eq!(plain("0.5", Dialect::Core), Value::Float(0.5));
        assert_eq!(plain("1e3", Dialect::Core), Value::Float(1000.0));
        assert_eq!(plain("1_000", Dialect::Kubernetes), Value::Int(1000));
        for text in [
            "1.2.3",
            "10m",
            "2026-01-01",
            "-",
            ".",
            "1Gi",
            "0x",
            "0xzz",
            "--1",
            "1-2",
            "e3",
        ] {
            assert_eq!(
                plain(text, Dialect::Kubernetes),
                Value::Text(text.into()),
                "{text}"
            );
        }
        let large = plain("18446744073709551616", Dialect::Core);
        assert_eq!(large, Value::Float(18_446_744_073_709_551_616.0));
    }
}
