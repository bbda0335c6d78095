//! `supply/insecure-index`: packages come over connections that nobody checks.

use crate::tampering::document::{Commit, Digest, Document, From, Locked, SwitchKind};
use crate::tampering::host;
use crate::tampering::report::{Found, Report, key_of, named, switches};
use crate::tampering::rule::{About, Rule, Whole, rule};
use bartizan_model::Severity;

rule! {
    /// Packages, or the lists that say which there are, come over plain http or over TLS whose certificate is not checked.
    /// Whoever is between — a wireless network, a proxy, a neighbour in the data centre — can answer in the registry's name
    /// and have code of theirs built in. Digests in a lock file help only for what is locked already.
    ///
    /// Addresses of the machine itself are not reported. What a lock file recorded over plain http beside a digest is
    /// reported as low, because another content would be refused.
    InsecureIndex {
        id: "supply/insecure-index",
        title: "Packages over an unprotected connection",
        severity: High,
        confidence: High,
        cwe: ["CWE-319", "CWE-494"],
        controls: [("OWASP-ASVS-5.0", "12.3.1")],
        remediation: "1. Use the `https` address of the registry; give an in-house one a certificate, and its authority to the tools \
            (`cafile` in .npmrc, `cert` in pip.conf, `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`).\n\
            2. Remove the switch: `strict-ssl=false`, `trusted-host`, `verify_ssl = false`, `allowInsecureConnections`, \
            `allowInsecureProtocol`, `secure-http: false`, `GOINSECURE`.\n\
            3. Make the lock file anew, so that it holds `https` addresses.",
        references: [
            "https://docs.npmjs.com/cli/v11/using-npm/config#strict-ssl",
            "https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host",
            "https://docs.gradle.org/current/userguide/declaring_repositories.html",
        ],
    }
}

impl Rule for InsecureIndex {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        let fix = format!(
            "remove it, and give {} the authority of the certificate instead",
            document.tool
        );
        switches(out, document, (SwitchKind::Unencrypted, None), &fix);
        for source in document
            .sources
            .iter()
            .filter(|one| host::is_unencrypted(&one.url))
        {
            report(&host::shown(&source.url), document.tool, &source.at, out);
        }
        for one in &document.asked {
            if let From::Archive { url } | From::Repository { url, .. } = &one.from
                && host::is_unencrypted(url)
            {
                report(&host::shown(url), document.tool, &one.at, out);
            }
        }
        locked(document, out);
    }
}

fn report(shown: &str, tool: &str, at: &std::ops::Range<usize>, out: &mut Report<'_>) {
    out.finding(
        Found {
            message: format!("{tool} fetches from `{shown}`, which anybody on the way can read and change"),
            key: shown.to_owned(),
            fix: "use the `https` address".to_owned(),
            ..Found::default()
        },
        at,
    );
}

fn locked(document: &Document, out: &mut Report<'_>) {
    // Where the lock file names its sources, these are reported and not every package of them.
    if !document.sources.is_empty() {
        return;
    }
    let plain = |one: &&Locked| one.url.as_deref().is_some_and(host::is_unencrypted);
    for checked in [true, false] {
        let found: Vec<_> = document
            .locked
            .iter()
            .filter(plain)
            .filter(|one| is_held(one) == checked)
            .collect();
        let places: Vec<_> = found.iter().map(|one| one.at.clone()).collect();
        out.findings(
            Found {
                message: format!(
                    "the lock file has {} from plain http: {}",
                    found.len(),
                    named(found.iter().map(|one| one.name.as_str()))
                ),
                key: key_of(found.iter().map(|one| one.name.as_str())),
                fix: "make the lock file anew with the registry's `https` address".to_owned(),
                severity: checked.then_some(Severity::Low),
                ..Found::default()
            },
            &places,
        );
    }
}

/// Whether another content than the locked one would be refused.
fn is_held(one: &Locked) -> bool {
    let commit = matches!(&one.from, From::Repository { commit, .. } if *commit == Commit::Digest);
    commit || matches!(one.digest, Digest::Strong | Digest::Weak(_))
}
