//! `sprintf` as OPA has it: the verbs of Go, over texts, numbers, and everything else as it is written in Rego.
//!
//! <https://pkg.go.dev/fmt>

use super::{Named, text, within};
use crate::limits;
use regorus::Value;
use std::fmt::Write as _;

pub(super) const ALL: &[Named] = &[("sprintf", 2, sprintf)];

/// Columns that a width or a precision may ask for.
const WIDEST: usize = 4_096;

/// Values that one argument may hold.
const NODES: usize = 200_000;

#[derive(Default)]
struct Verb {
    left: bool,
    plus: bool,
    zero: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
}

fn sprintf(given: &[Value]) -> Option<Value> {
    let format = text(given, 0)?;
    let Some(Value::Array(arguments)) = given.get(1) else {
        return None;
    };
    let mut arguments = arguments.iter();
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(next) = chars.next() {
        if next != '%' {
            out.push(next);
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '+' | '#' | '0' | ' ')) {
            match flag {
                '-' => verb.left = true,
                '+' => verb.plus = true,
                '#' => verb.sharp = true,
                '0' => verb.zero = true,
                _ => {}
            }
        }
        verb.width = number(&mut chars).unwrap_or(0).min(WIDEST);
        if chars.next_if_eq(&'.').is_some() {
            verb.precision = Some(number(&mut chars).unwrap_or(0).min(WIDEST));
        }
        let Some(letter) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if letter == '%' {
            out.push('%');
            continue;
        }
        let Some(argument) = arguments.next() else {
            let _ = write!(out, "%!{letter}(MISSING)");
            continue;
        };
        let mut left = NODES;
        if !within(argument, &mut left, 128) {
            return None;
        }
        let written = verb.write(letter, argument);
        if !limits::make(written.len()) {
            return None;
        }
        verb.pad(&written, &mut out);
    }
    let extra: Vec<String> = arguments
        .map(|value| format!("{}={}", kind(value), plain(value)))
        .collect();
    if !extra.is_empty() {
        let _ = write!(out, "%!(EXTRA {})", extra.join(", "));
    }
    limits::make(out.len()).then(|| super::string(out))
}

fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut number: Option<usize> = None;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        chars.next();
        let so_far = number.unwrap_or(0).saturating_mul(10);
        number = Some(so_far.saturating_add(usize::try_from(digit).unwrap_or(0)));
    }
    number
}

impl Verb {
    fn pad(&self, written: &str, out: &mut String) {
        let missing = self.width.saturating_sub(written.chars().count());
        if self.left {
            out.push_str(written);
            out.extend(std::iter::repeat_n(' ', missing));
        } else if self.zero && written.starts_with(['-', '+']) {
            let (sign, digits) = written.split_at(1);
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', missing));
            out.push_str(digits);
        } else {
            out.extend(std::iter::repeat_n(if self.zero { '0' } else { ' ' }, missing));
            out.push_str(written);
        }
    }

    fn write(&self, letter: char, value: &Value) -> String {
        match (letter, value) {
            ('v', Value::Number(_)) => self.signed(plain(value)),
            ('v' | 's', Value::String(text)) => self.cut(text),
            ('s', Value::Number(_)) => wrong(letter, value),
            ('v' | 's', _) => plain(value),
            ('q', Value::Number(_)) => wrong(letter, value),
            ('q', _) => serde_json::Value::String(plain(value)).to_string(),
            ('x' | 'X', Value::String(text)) => text.bytes().fold(String::new(), |mut hex, byte| {
                let _ = if letter == 'x' {
                    write!(hex, "{byte:02x}")
                } else {
                    write!(hex, "{byte:02X}")
                };
                hex
            }),
            (_, Value::Number(_)) => {
                if let Ok(integer) = value.as_i64() {
                    self.integer(letter, integer)
                } else {
                    self.float(letter, value)
                }
            }
            _ => wrong(letter, value),
        }
    }

    fn cut(&self, text: &str) -> String {
        self.precision
            .map_or_else(|| text.to_owned(), |most| text.chars().take(most).collect())
    }

    fn signed(&self, text: String) -> String {
        if self.plus && !text.starts_with('-') {
            format!("+{text}")
        } else {
            text
        }
    }

    fn integer(&self, letter: char, integer: i64) -> String {
        let sign = if integer < 0 { "-" } else { "" };
        let size = integer.unsigned_abs();
        match letter {
            'd' => self.signed(integer.to_string()),
            'b' => format!("{sign}{size:b}"),
            'o' if self.sharp => format!("{sign}0{size:o}"),
            'o' => format!("{sign}{size:o}"),
            'O' => format!("{sign}0o{size:o}"),
            'x' if self.sharp => format!("{sign}{size:#x}"),
            'x' => format!("{sign}{size:x}"),
            'X' => format!("{sign}{size:X}"),
            'c' => u32::try_from(integer)
                .ok()
                .and_then(char::from_u32)
                .map(String::from)
                .unwrap_or_default(),
            _ => format!("%!{letter}(int={integer})"),
        }
    }

    fn float(&self, letter: char, value: &Value) -> String {
        let Ok(float) = value.as_f64() else {
            return wrong(letter, value);
        };
        match letter {
            'f' | 'F' => self.signed(format!("{float:.*}", self.precision.unwrap_or(6))),
            'e' => {
                let text = format!("{float:.*e}", self.precision.unwrap_or(6));
                let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let exponent: i32 = exponent.parse().unwrap_or(0);
                format!(
                    "{digits}e{}{:02}",
                    if exponent < 0 { '-' } else { '+' },
                    exponent.abs()
                )
            }
            'g' => self
                .precision
                .map_or_else(|| plain(value), |places| format!("{float:.places$}")),
            _ => wrong(letter, value),
        }
    }
}

fn wrong(letter: char, value: &Value) -> String {
    format!("%!{letter}({}={})", kind(value), plain(value))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Number(_) if value.as_i64().is_ok() => "int",
        Value::Number(_) => "float64",
        _ => "string",
    }
}

/// A value as it is written in Rego, a text without its quotes.
fn plain(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::String(text) => out.push_str(text),
        other => rego(other, &mut out),
    }
    out
}

fn rego(value: &Value, out: &mut String) {
    let list = |items: &mut dyn Iterator<Item = &Value>, out: &mut String| {
        for (index, item) in items.enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            rego(item, out);
        }
    };
    match value {
        Value::Array(items) => {
            out.push('[');
            list(&mut items.iter(), out);
            out.push(']');
        }
        Value::Set(items) if items.is_empty() => out.push_str("set()"),
        Value::Set(items) => {
            out.push('{');
            list(&mut items.iter(), out);
            out.push('}');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter_sorted().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                rego(key, out);
                out.push_str(": ");
                rego(item, out);
            }
            out.push('}');
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}
