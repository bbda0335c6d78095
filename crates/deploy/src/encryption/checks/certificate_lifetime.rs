//! `deploy/encryption/certificate-lifetime`: keys that are small, or kept too long.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// A Certificate of cert-manager says how long it lasts, how large its key is and whether each renewal makes a new key. A key of
    /// RSA below 2048 bits can be factored; one that `rotationPolicy: Never` keeps through every renewal stays good for whoever once
    /// copied it; a certificate that lasts longer than 398 days is refused by browsers and outlives the people who know of it; and one
    /// whose `renewBefore` is not shorter than its `duration` is never renewed in time.
    CertificateLifetime {
        id: "deploy/encryption/certificate-lifetime",
        title: "Certificate with a small key, or one that is kept too long",
        severity: Low,
        confidence: High,
        cwe: ["CWE-324", "CWE-326"],
        controls: [
            ("NIST-800-53-r5", "SC-12"),
            ("PCI-DSS-4.0.1", "3.7.4"),
            ("HIPAA-Security-Rule", "164.312(e)(1)"),
        ],
        remediation: "Use ECDSA or RSA with 2048 bits, `rotationPolicy: Always`, and 90 days with renewal in the last third.",
        references: [
            "https://cert-manager.io/docs/usage/certificate/",
            "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &CertificateLifetime::ABOUT,
    run,
};

/// Longest life that browsers take, in seconds.
const LONGEST: f64 = 398.0 * 86_400.0;

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    if !subject.is("cert-manager.io", "Certificate") {
        return;
    }
    let key = |name: &str| subject.at(&["spec", "privateKey", name]);
    let is_rsa = key("algorithm")
        .and_then(Node::text)
        .is_none_or(|name| name == "RSA");
    if let Some((size, at)) = key("size").and_then(|node| Some((node.int()?, node.span)))
        && is_rsa
        && size < 2048
    {
        judged.keyed(
            "size",
            Some(Severity::Medium),
            format!("has a key of RSA with {size} bits"),
            at,
        );
    }
    if let Some(policy) = key("rotationPolicy").filter(|policy| policy.text() == Some("Never")) {
        judged.keyed(
            "rotation",
            None,
            "keeps its key through every renewal: `rotationPolicy` is `Never`",
            policy.span,
        );
    }
    let time = |name: &str| {
        subject
            .at(&["spec", name])
            .and_then(|node| Some((seconds(node.text()?)?, node)))
    };
    let (duration, before) = (time("duration"), time("renewBefore"));
    let is_authority = subject.at(&["spec", "isCA"]).and_then(Node::bool) == Some(true);
    if let Some((length, node)) = duration.filter(|(length, _)| *length > LONGEST && !is_authority) {
        judged.keyed(
            "duration",
            None,
            format!("lasts {:.0} days", length / 86_400.0),
            node.span,
        );
    }
    if let Some((before, node)) = before
        && duration.map_or(90.0 * 86_400.0, |(length, _)| length) <= before
    {
        judged.keyed(
            "renewal",
            None,
            "is to be renewed before it is made: `renewBefore` is not shorter than `duration`",
            node.span,
        );
    }
}

/// A duration of Go, `2160h` or `1h30m`, in seconds.
fn seconds(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit = after
            .find(|character: char| character.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let factor = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = after;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_of_go_are_read_and_others_refused() {
        assert_eq!(seconds("2160h"), Some(2160.0 * 3600.0));
        assert_eq!(seconds("1h30m5s"), Some(5405.0));
        for text in ["", "h", "90d", "1", "1.2.3h", "é"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
