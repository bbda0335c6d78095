//! Reads an automatic test and the controls that it bears on.
//!
//! In: one file of `content/controls/evidence`, YAML, and the catalogues. Out: an [`AutomaticTest`], every control of which exists.

use bartizan_model::Control;
use bartizan_model::Severity;
use bartizan_model::compliance::{
    AssetKind, AutomaticTest, Catalog, ControlMapping, Covers, Requirement, SignInAsk,
};
use serde::Deserialize;

/// Why a text is no test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// It is no YAML of this form.
    #[error("{0}")]
    Form(String),
    /// It needs nothing, or more than one thing.
    #[error("exactly one of `findings`, `objectives`, `statement`, `ledger` and `sign-ins` is needed")]
    Needs,
    /// It names a control that does not exist.
    #[error("there is no control `{0}`")]
    NoControl(String),
    /// It names a control that its publisher withdrew.
    #[error("the control `{0}` is withdrawn")]
    Withdrawn(String),
    /// A number or a text is missing.
    #[error("{0}")]
    Lacks(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    id: String,
    title: String,
    over: AssetKind,
    within_days: u16,
    findings: Option<Findings>,
    objectives: Option<Objectives>,
    statement: Option<Statement>,
    ledger: Option<bool>,
    sign_ins: Option<String>,
    controls: Vec<Mapping>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Findings {
    rules: Vec<String>,
    checks: Vec<String>,
    at_least: Severity,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Objectives {
    rules: Vec<String>,
    checks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    types: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapping {
    control: String,
    covers: String,
    why: String,
    left: Option<String>,
    from: String,
}

/// Reads a test.
///
/// # Errors
/// When it is none, or names a control that is not in `catalogs`.
pub fn read(text: &str, catalogs: &[Catalog]) -> Result<AutomaticTest, EvidenceError> {
    let file: File = serde_saphyr::from_str(text).map_err(|error| EvidenceError::Form(error.to_string()))?;
    let requires = requirement(&file)?;
    if file.within_days == 0 {
        return Err(EvidenceError::Lacks("`within-days` is 1 or more".to_owned()));
    }
    if file.controls.is_empty() {
        return Err(EvidenceError::Lacks("it bears on no control".to_owned()));
    }
    let controls = file
        .controls
        .into_iter()
        .map(|one| mapping(one, catalogs))
        .collect::<Result<_, _>>()?;
    Ok(AutomaticTest {
        id: file.id,
        title: file.title,
        over: file.over,
        within_days: file.within_days,
        requires,
        controls,
    })
}

fn requirement(file: &File) -> Result<Requirement, EvidenceError> {
    let all = [
        file.findings.as_ref().map(|one| Requirement::Findings {
            rules: one.rules.clone(),
            checks: one.checks.clone(),
            at_least: one.at_least,
        }),
        file.objectives.as_ref().map(|one| Requirement::Objectives {
            rules: one.rules.clone(),
            checks: one.checks.clone(),
        }),
        file.statement.as_ref().map(|one| Requirement::Statement {
            types: one.types.clone(),
        }),
        file.ledger.filter(|asks| *asks).map(|_| Requirement::Ledger),
        match file.sign_ins.as_deref() {
            Some("recorded") => Some(Requirement::SignIns(SignInAsk::Recorded)),
            Some("second-factor") => Some(Requirement::SignIns(SignInAsk::SecondFactor)),
            Some(other) => {
                return Err(EvidenceError::Lacks(format!(
                    "`sign-ins` is recorded or second-factor, not `{other}`"
                )));
            }
            None => None,
        },
    ];
    let mut given = all.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(EvidenceError::Needs),
    }
}

fn mapping(mapping: Mapping, catalogs: &[Catalog]) -> Result<ControlMapping, EvidenceError> {
    let unknown = || EvidenceError::NoControl(mapping.control.clone());
    let (key, id) = mapping.control.split_once(':').ok_or_else(unknown)?;
    let catalog = catalogs
        .iter()
        .find(|catalog| catalog.key == key)
        .ok_or_else(unknown)?;
    let control = catalog
        .controls
        .iter()
        .find(|control| control.id == id)
        .ok_or_else(unknown)?;
    if control.withdrawn {
        return Err(EvidenceError::Withdrawn(mapping.control));
    }
    let covers = match (mapping.covers.as_str(), mapping.left) {
        ("whole", None) => Covers::Whole,
        ("part", Some(left)) => Covers::Part { left },
        _ => {
            return Err(EvidenceError::Lacks(format!(
                "{}: `covers` is whole, or part with `left`",
                mapping.control
            )));
        }
    };
    Ok(ControlMapping {
        control: Control {
            framework: catalog.framework.clone(),
            id: control.id.clone(),
        },
        covers,
        why: mapping.why,
        source: mapping.from,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogs() -> Vec<Catalog> {
        let text = "@key x\n@framework X-1\n@name X\n@version 1\n@wording own\n@licence none\n@source here\n= a A\n1.1 one\n- 1.2 gone\n";
        vec![crate::controls::catalog::read(text).unwrap()]
    }

    fn file(needs: &str, control: &str) -> String {
        format!(
            "id: t\ntitle: T\nover: image\nwithin-days: 3\n{needs}\ncontrols:\n  - {{control: '{control}', covers: whole, why: w, from: f}}\n"
        )
    }

    #[test]
    fn a_test_is_read_with_what_it_needs() {
        let test = read(&file("statement: {types: [a]}", "x:1.1"), &catalogs()).unwrap();
        assert_eq!(
            test.requires,
            Requirement::Statement {
                types: vec!["a".into()]
            }
        );
        assert_eq!(test.controls[0].control.framework, "X-1");
    }

    #[test]
    fn a_test_that_needs_nothing_or_two_things_is_refused() {
        assert_eq!(read(&file("", "x:1.1"), &catalogs()), Err(EvidenceError::Needs));
        assert_eq!(
            read(&file("ledger: true\nsign-ins: recorded", "x:1.1"), &catalogs()),
            Err(EvidenceError::Needs)
        );
    }

    #[test]
    fn a_control_that_does_not_exist_or_is_withdrawn_is_refused() {
        for (control, expected) in [
            ("x:9", EvidenceError::NoControl("x:9".into())),
            ("y:1.1", EvidenceError::NoControl("y:1.1".into())),
            ("x:1.2", EvidenceError::Withdrawn("x:1.2".into())),
        ] {
            assert_eq!(read(&file("ledger: true", control), &catalogs()), Err(expected));
        }
    }
}
