//! The rules under which generic credentials are reported: ids, manuals and severity.

use crate::leak::check::Described;
use crate::leak::generic::Kind;
use bartizan_content::pack::leak_controls;
use bartizan_model::{Confidence, RuleInfo, Severity};

/// Kind of credential and the id of its rule.
pub(crate) const IDS: [(Kind, &str); 6] = [
    (Kind::Password, "leak/generic-password"),
    (Kind::Secret, "leak/generic-secret"),
    (Kind::Token, "leak/generic-token"),
    (Kind::Key, "leak/generic-key"),
    (Kind::Credential, "leak/generic-credential"),
    (Kind::Salt, "leak/generic-salt"),
];

fn id_of(kind: Kind) -> &'static str {
    IDS.iter()
        .find(|(known, _)| *known == kind)
        .map_or("leak/generic-credential", |(_, id)| id)
}

const fn title_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Password => "Password written into a file",
        Kind::Secret => "Application secret written into a file",
        Kind::Token => "Token written into a file",
        Kind::Key => "Key written into a file",
        Kind::Credential => "Credential written into a file",
        Kind::Salt => "Salt or nonce written into a file",
    }
}

const fn weakness_of(kind: Kind) -> u32 {
    match kind {
        Kind::Password => 259,
        Kind::Key => 321,
        Kind::Salt => 760,
        Kind::Secret | Kind::Token | Kind::Credential => 798,
    }
}

const FIX: &str = "Replace the value, treat the old one as known to others, and read it from a secret store or the \
                   environment instead.";

/// The parts of a finding of the classifier.
pub(crate) fn describe(kind: Kind, score: f32, sure: bool, block: bool, mask: &str) -> Described {
    let severity = match (sure, block) {
        _ if kind == Kind::Salt => Severity::Low,
        (true, true) => Severity::High,
        (true, false) => Severity::Medium,
        (false, _) => Severity::Low,
    };
    Described {
        rule: id_of(kind).to_owned(),
        severity,
        confidence: if sure { Confidence::Medium } else { Confidence::Low },
        title: title_of(kind).to_owned(),
        message: format!("{} {mask}", title_of(kind)),
        evidence: vec![format!(
            "name, value and surroundings look like a credential: the classifier gives {:.0} %",
            (score * 100.0).clamp(0.0, 99.0)
        )],
        cwe: vec![weakness_of(kind)],
        fix: FIX.to_owned(),
    }
}

/// The manuals of the generic rules.
pub(crate) fn infos() -> impl Iterator<Item = RuleInfo> {
    IDS.into_iter().map(|(kind, id)| RuleInfo {
        id: id.to_owned(),
        title: title_of(kind).to_owned(),
        severity: if kind == Kind::Salt {
            Severity::Low
        } else {
            Severity::Medium
        },
        confidence: Confidence::Medium,
        cwe: vec![format!("CWE-{}", weakness_of(kind))],
        controls: leak_controls(),
        manual: format!("{}\n\n{COMMON_MANUAL}", manual_of(kind)),
        remediation: REMEDIATION.to_owned(),
        references: vec![
            "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html".to_owned(),
            format!(
                "https://cwe.mitre.org/data/definitions/{}.html",
                weakness_of(kind)
            ),
        ],
    })
}

const fn manual_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Password => {
            "A literal value is assigned to something that is named like a password. Whoever can read the file can log \
             in as that user, from anywhere the service can be reached, until the password is changed; and because \
             people use a password more than once, often elsewhere too."
        }
        Kind::Secret => {
            "A literal value is assigned to something that is named like a secret: a signing secret lets an attacker \
             forge sessions, webhooks or tokens; a client secret lets them act as the application."
        }
        Kind::Token => {
            "A literal value is assigned to something that is named like a token. A token is a password that needs no \
             user name: who holds it has its rights, usually without a second factor and without an expiry."
        }
        Kind::Key => {
            "A literal value is assigned to something that is named like a key. An API key opens the account it belongs \
             to; an encryption key opens everything that was ever encrypted with it, and cannot simply be exchanged: \
             the data must be encrypted anew."
        }
        Kind::Credential => {
            "A literal value is assigned to something that is named like a credential or authentication value."
        }
        Kind::Salt => {
            "A literal value is assigned to something that is named like a salt or nonce. A salt that is the same for \
             everybody and known in advance lets an attacker compute tables of password hashes beforehand; a repeated \
             nonce breaks many ciphers altogether."
        }
    }
}

const COMMON_MANUAL: &str = "\
The value has no provider's format, so this is a judgement, not a proof: a classifier weighs the name, the shape of the
value, the kind of file and the lines around it. Medium confidence means that at least 95 of 100 such findings were right
on labelled code; low confidence means worth a look. By default these findings advise and do not block; set
`leak.generic = \"block\"` in bartizan.toml to let those of medium confidence block.

If the value is a documented default, test data or otherwise harmless, write down why:
`bartizan: allow[RULE] -- reason` in a comment on the line, or `bartizan waive add`.";

const REMEDIATION: &str = "\
1. Change the credential where it is valid, first: deleting it from the file does not take it back.
2. Look through the logs of the service for uses you cannot explain.
3. Keep the new one in a secret store (or the platform's secret mechanism) and read it at run time: an environment
   variable, a mounted file, or better a short-lived credential issued to the workload's identity.
4. Keep a placeholder such as `${DB_PASSWORD}` in the file, and a local override that git ignores.";
