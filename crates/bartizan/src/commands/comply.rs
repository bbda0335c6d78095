//! `bartizan comply`: what the evidence of the control plane proves of controls.
//!
//! In: an assessment (`bartizan/assessment/v1`) from the control plane. Out: that, in the formats that are asked for: all of them are
//! written from one answer, so that they agree.

use crate::args::{Common, ComplyVerb, ComplyWhich};
use crate::error::{Error, Outcome};
use crate::output::{print, write_file};
use crate::plane::Plane;
use crate::table::columns;
use bartizan_model::compliance::{Assessment, ControlResult};
use bartizan_report::{AssessmentFormat, render_assessment, render_standing};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::path::PathBuf;

/// Frameworks, in numbers.
#[derive(Serialize, Deserialize)]
struct Page {
    items: Vec<Framework>,
}

#[derive(Serialize, Deserialize)]
struct Framework {
    key: String,
    title: String,
    version: String,
    controls: u64,
    counts: Counts,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Counts {
    satisfied: u64,
    not_satisfied: u64,
    manual: u64,
    manual_attested: u64,
    no_evidence: u64,
}

/// Gaps for programs.
#[derive(Serialize)]
struct Gaps<'a> {
    framework: &'a str,
    system: &'a str,
    at: String,
    gaps: Vec<&'a ControlResult>,
}

/// A format, and the file that it goes to; standard output where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Destination {
    form: Form,
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pretty,
    Of(AssessmentFormat),
}

impl Form {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Of(format) => format.as_str(),
        }
    }
}

/// Asks and prints.
pub(crate) fn run(common: &Common, verb: ComplyVerb, _: crate::terminal::Terminal) -> Outcome {
    let config = super::serve::configuration(common)?;
    let plane = || Plane::open(common, &config);
    match verb {
        ComplyVerb::Report(args) => {
            let destinations = destinations(&args.output, Form::Pretty)?;
            let code = match &args.framework {
                Some(framework) => {
                    let assessment = ask(&plane()?, framework, &args.which)?;
                    write(&assessment, &destinations)?;
                    judged(&assessment)
                }
                None => overview(&plane()?, &args.which, &destinations)?,
            };
            Ok(if args.exit_zero && code == 1 { 0 } else { code })
        }
        ComplyVerb::Gaps(args) => {
            let destinations = destinations(&args.output, Form::Pretty)?;
            let assessment = ask(&plane()?, &args.framework, &args.which)?;
            gaps(&assessment, &destinations)?;
            let code = judged(&assessment);
            Ok(if args.exit_zero && code == 1 { 0 } else { code })
        }
        ComplyVerb::Export(args) => {
            let destinations = destinations(&args.output, Form::Of(AssessmentFormat::Oscal))?;
            let assessment = ask(&plane()?, &args.framework, &args.which)?;
            write(&assessment, &destinations)?;
            Ok(0)
        }
    }
}

/// The parts of a query that say of which things, each with what stands before it.
fn narrowed(which: &ComplyWhich, first: char) -> String {
    let mut query = String::new();
    for (name, value) in [("asset", &which.asset), ("label", &which.label)] {
        if let Some(value) = value {
            query.push(if query.is_empty() { first } else { '&' });
            query.push_str(name);
            query.push('=');
            query.push_str(&encoded(value));
        }
    }
    query
}

/// A text as a part of an address, <https://www.rfc-editor.org/rfc/rfc3986#section-2.1>.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn ask(plane: &Plane, framework: &str, which: &ComplyWhich) -> Result<Assessment, Error> {
    #[derive(Deserialize)]
    struct Standing {
        things: u64,
    }
    let path = format!("/api/v1/compliance/{}", encoded(framework));
    if which.label.is_some() {
        let standing: Standing = plane.get(&format!("{path}{}", narrowed(which, '?')))?;
        if standing.things == 0 {
            return Err(Error::nothing(
                "nothing that controls are asked of has this label",
                "see `labels` of the things in the console, or leave --label away",
            ));
        }
    }
    plane.get(&format!("{path}/export?format=json{}", narrowed(which, '&')))
}

/// 1 where a control is not satisfied; 4 where one has no evidence, or is manual and nobody attests it.
const fn code_of(not_satisfied: u64, unknown: u64) -> u8 {
    match (not_satisfied, unknown) {
        (0, 0) => 0,
        (0, _) => 4,
        _ => 1,
    }
}

fn judged(assessment: &Assessment) -> u8 {
    let counts = assessment.counts;
    code_of(
        counts.not_satisfied,
        counts.no_evidence + counts.manual.saturating_sub(counts.manual_attested),
    )
}

fn overview(plane: &Plane, which: &ComplyWhich, destinations: &[Destination]) -> Outcome {
    let page: Page = plane.get(&format!("/api/v1/compliance?limit=500{}", narrowed(which, '&')))?;
    for destination in destinations {
        let text = match destination.form {
            Form::Pretty => numbers(&page.items),
            Form::Of(AssessmentFormat::Json) => {
                format!("{:#}\n", serde_json::json!({ "frameworks": page.items }))
            }
            other @ Form::Of(_) => {
                return Err(Error::usage(
                    format!("{} is a format of one framework", other.as_str()),
                    "name one: `bartizan comply report nist:moderate`",
                ));
            }
        };
        deliver(destination, text.as_bytes())?;
    }
    let sum = |count: fn(&Counts) -> u64| page.items.iter().map(|one| count(&one.counts)).sum();
    Ok(code_of(
        sum(|counts| counts.not_satisfied),
        sum(|counts| counts.no_evidence + counts.manual.saturating_sub(counts.manual_attested)),
    ))
}

fn numbers(frameworks: &[Framework]) -> String {
    let head = [
        "framework",
        "satisfied",
        "not satisfied",
        "no evidence",
        "manual",
        "attested",
        "of",
        "title",
    ]
    .map(str::to_owned);
    let rows = frameworks.iter().map(|one| {
        let counts = one.counts;
        [
            one.key.clone(),
            counts.satisfied.to_string(),
            counts.not_satisfied.to_string(),
            counts.no_evidence.to_string(),
            counts.manual.to_string(),
            counts.manual_attested.to_string(),
            one.controls.to_string(),
            one.title.clone(),
        ]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn write(assessment: &Assessment, destinations: &[Destination]) -> Result<(), Error> {
    for destination in destinations {
        let mut bytes = Vec::new();
        match destination.form {
            Form::Pretty => render_standing(assessment, false, &mut bytes)?,
            Form::Of(format) => render_assessment(format, assessment, env!("CARGO_PKG_VERSION"), &mut bytes)?,
        }
        deliver(destination, &bytes)?;
    }
    Ok(())
}

fn gaps(assessment: &Assessment, destinations: &[Destination]) -> Result<(), Error> {
    for destination in destinations {
        let mut bytes = Vec::new();
        match destination.form {
            Form::Pretty => render_standing(assessment, true, &mut bytes)?,
            Form::Of(AssessmentFormat::Json) => {
                let gaps = Gaps {
                    framework: &assessment.framework.key,
                    system: &assessment.system,
                    at: assessment.at.to_string(),
                    gaps: assessment.controls.iter().filter(|one| one.is_gap()).collect(),
                };
                bytes = format!("{:#}\n", serde_json::json!(gaps)).into_bytes();
            }
            other @ Form::Of(_) => {
                return Err(Error::usage(
                    format!(
                        "gaps are not written as {}: a part would look like the whole",
                        other.as_str()
                    ),
                    "use pretty or json, or `bartizan comply export` for all controls",
                ));
            }
        }
        deliver(destination, &bytes)?;
    }
    Ok(())
}

fn deliver(destination: &Destination, bytes: &[u8]) -> Result<(), Error> {
    match &destination.file {
        Some(file) => write_file(file, bytes),
        None => print(bytes),
    }
}

/// Reads every `-o`; `usual` where there is none.
fn destinations(texts: &[String], usual: Form) -> Result<Vec<Destination>, Error> {
    let mut all: Vec<Destination> = Vec::new();
    for text in texts {
        let (word, file) = match text.split_once('=') {
            Some((word, file)) => (word, Some(file)),
            None => (text.as_str(), None),
        };
        if file == Some("") {
            return Err(Error::usage(
                format!("`-o {text}` names no file"),
                format!("write `-o {word}=FILE`, or `-o {word}` for standard output"),
            ));
        }
        let form = match word {
            "pretty" => Form::Pretty,
            other => Form::Of(other.parse().map_err(|_| {
                Error::usage(
                    format!("`{other}` is no format of assessments"),
                    "use pretty, json, csv, html or oscal, with `-o FORMAT` or `-o FORMAT=FILE`",
                )
            })?),
        };
        let file = file.filter(|file| *file != "-").map(PathBuf::from);
        if let Some(clash) = all.iter().find(|other| other.file == file) {
            return Err(Error::usage(
                format!(
                    "the formats {} and {} both go to one place",
                    clash.form.as_str(),
                    form.as_str()
                ),
                format!(
                    "write one of them to a file of its own: `-o {}=FILE`",
                    form.as_str()
                ),
            ));
        }
        all.push(Destination { form, file });
    }
    if all.is_empty() {
        all.push(Destination {
            form: usual,
            file: None,
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_manual_and_not_attested_is_unknown_and_never_allowed() {
        assert_eq!((code_of(0, 0), code_of(0, 3), code_of(1, 3)), (0, 4, 1));
    }

    #[test]
    fn two_formats_do_not_go_to_one_place_and_a_format_needs_its_file() {
        let read = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            destinations(&texts, Form::Pretty).map_err(|error| error.message)
        };
        assert_eq!(read(&[]).unwrap()[0].form, Form::Pretty);
        assert_eq!(read(&["csv", "html=a.html"]).unwrap().len(), 2);
        for wrong in [&["csv", "json"][..], &["csv="], &["pdf"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
