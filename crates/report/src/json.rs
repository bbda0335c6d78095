//! `-o json` and `-o jsonl`: the report itself, in one object or one object a line.
//!
//! Both may end on a terminal, so the writer also escapes what JSON would let through and terminals act on
//! (DEL, C1 and bidirectional controls). RFC 8259 allows any character to be escaped.

use bartizan_model::Report;
use bartizan_model::text::is_unsafe;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes `value` on several lines.
pub(crate) fn write_pretty<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Harmless(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Writes `value` on one line.
pub(crate) fn write_line<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Harmless(CompactFormatter));
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// One object: the report as it is.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(report, out)
}

/// One object a line: `finding`s, then `check`s, then `skipped`, then `component`s, then one `summary`.
pub(crate) fn render_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_line(
            &Line {
                kind: "finding",
                body: finding,
            },
            out,
        )?;
    }
    for check in &report.checks {
        write_line(
            &Line {
                kind: "check",
                body: check,
            },
            out,
        )?;
    }
    for skipped in &report.skipped {
        write_line(
            &Line {
                kind: "skipped",
                body: skipped,
            },
            out,
        )?;
    }
    for component in &report.components {
        write_line(&json!({ "type": "component", "component": component }), out)?;
    }
    write_line(
        &Line {
            kind: "summary",
            body: &Summary::of(report),
        },
        out,
    )
}

#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

/// The report without its lists.
#[derive(Serialize)]
struct Summary<'a> {
    schema: &'a str,
    tool: &'a bartizan_model::Tool,
    target: &'a bartizan_model::Target,
    started: bartizan_model::Timestamp,
    verdict: &'a bartizan_model::Verdict,
    findings: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'a bartizan_model::Quality>,
    stats: bartizan_model::Stats,
}

impl<'a> Summary<'a> {
    fn of(report: &'a Report) -> Self {
        let totals = crate::summary::Totals::of(report);
        let by_severity: serde_json::Map<String, Value> = totals
            .by_severity()
            .map(|(severity, count)| (severity.as_str().to_owned(), Value::from(count)))
            .collect();
        Self {
            schema: &report.schema,
            tool: &report.tool,
            target: &report.target,
            started: report.started,
            verdict: &report.verdict,
            findings: json!({ "total": totals.open + totals.waived, "waived": totals.waived, "open": by_severity }),
            quality: report.quality.as_ref(),
            stats: report.stats,
        }
    }
}

/// A formatter that escapes the characters terminals act on.
struct Harmless<F>(F);

fn write_harmless<W: ?Sized + Write>(writer: &mut W, fragment: &str) -> io::Result<()> {
    let mut rest = fragment;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
        let (before, from) = rest.split_at(at);
        writer.write_all(before.as_bytes())?;
        // Every such character lies in the basic plane: one UTF-16 unit.
        write!(writer, "\\u{:04x}", u32::from(c))?;
        rest = from.get(c.len_utf8()..).unwrap_or("");
    }
    writer.write_all(rest.as_bytes())
}

/// Hands the structural calls of the inner formatter through.
macro_rules! forward {
    ($($name:ident $(($($arg:ident: $type:ty),+))?;)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $($arg: $type),+)?) -> io::Result<()> {
            self.0.$name(writer $(, $($arg),+)?)
        })*
    };
}

impl<F: Formatter> Formatter for Harmless<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_harmless(writer, fragment)
    }

    forward! {
        begin_array;
        end_array;
        begin_array_value(first: bool);
        end_array_value;
        begin_object;
        end_object;
        begin_object_key(first: bool);
        end_object_key;
        begin_object_value;
        end_object_value;
    }
}

/// A list whose elements are made while it is written, so that long reports are never held twice.
pub(crate) struct Each<'a, T, F>(pub(crate) &'a [T], pub(crate) F);

impl<T, F: Fn(&T) -> Option<Value>> Serialize for Each<'_, T, F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter_map(&self.1))
    }
}
