//! The check `leak/credentials`: leaked credentials of known formats and generic ones.

use crate::leak::detect::{By, Detector, Hit};
use crate::leak::encoded;
use crate::leak::generic::Classifier;
use crate::leak::generic_rules;
use crate::leak::secret_text::{masked, snippet};
use bartizan_content::LeakMatcher;
use bartizan_content::{builtin, pack};
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{
    AssetId, Confidence, EvidenceStep, Finding, FingerprintBuilder, Fix, Location, RuleInfo, SecretKey,
    Severity,
};
use bartizan_source::{FileMeta, Interest};
use std::ops::Range;

/// What becomes of generic credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GenericMode {
    /// They are not looked for.
    Off,
    /// They are reported with medium or low severity.
    #[default]
    Advise,
    /// Those the classifier is sure of are reported with high severity, so that gates refuse them.
    Block,
}

/// How leaked credentials are looked for.
#[derive(Debug, Default)]
pub struct LeakOptions {
    /// What becomes of generic credentials.
    pub generic: GenericMode,
    /// Key under which secrets are identified.
    pub secret_key: SecretKey,
    /// Rules besides the built-in ones, with their manuals.
    pub more_rules: Vec<(LeakMatcher, RuleInfo)>,
    /// Ids of the rules that may report; none means all.
    pub enabled: Enabled,
}

/// Ids of every built-in rule of this check, those of generic credentials included.
#[must_use]
pub fn rule_ids() -> Vec<String> {
    let formats = builtin::leak_matchers().into_iter().map(|matcher| matcher.id);
    formats
        .chain(generic_rules::IDS.iter().map(|(_, id)| (*id).to_owned()))
        .collect()
}

/// Looks for leaked credentials.
pub struct LeakCheck {
    meta: Meta,
    detector: Detector,
    options: LeakOptions,
}

impl LeakCheck {
    /// The check with the built-in rules and those of the options.
    #[must_use]
    pub fn new(options: LeakOptions) -> Self {
        let mut matchers = builtin::leak_matchers();
        matchers.extend(options.more_rules.iter().map(|(matcher, _)| matcher.clone()));
        matchers.retain(|matcher| options.enabled.has(&matcher.id));
        let generic = options.generic != GenericMode::Off
            && generic_rules::IDS.iter().any(|(_, id)| options.enabled.has(id));
        // The embedded weights always parse: a test says so.
        let classifier = generic.then(Classifier::embedded).and_then(Result::ok);
        let meta = Meta {
            id: "leak/credentials",
            title: "Leaked credentials",
            required: true,
            digest: digest_of(&matchers, &options, generic),
        };
        Self {
            meta,
            detector: Detector::new(matchers, classifier),
            options,
        }
    }

    fn scan(&self, input: &Input<'_>, out: &mut Sink) {
        let found = self
            .detector
            .detect(input.meta, input.bytes, input.window.overlap);
        if found.cut {
            out.error(format!(
                "holds more than {} credentials; the rest was not listed",
                crate::leak::detect::MOST_HITS
            ));
        }
        let secrets: Vec<Range<usize>> = found.hits.iter().map(|hit| hit.secret.clone()).collect();
        for hit in &found.hits {
            let secret = input.bytes.get(hit.secret.clone()).unwrap_or_default();
            let location = input.locate(hit.secret.clone());
            let shown = snippet(input, &hit.secret, &secrets, location.line);
            if let Some(mut finding) = self.finding(input.path(), hit, secret, location) {
                finding.snippet = Some(shown);
                out.finding(finding);
            }
        }
    }

    /// Credentials in the base64 values of Kubernetes Secrets.
    fn scan_encoded(&self, input: &Input<'_>, out: &mut Sink) {
        for value in encoded::kubernetes_secret_values(input.path(), input.bytes) {
            let head = format!("{}: \"", value.key);
            let text = [head.as_bytes(), &value.decoded, b"\"\n"].concat();
            // The key names the file where the value is one (`.dockerconfigjson`, `tls.key`).
            let inner = FileMeta {
                path: format!("{}!/{}", input.path(), value.key).into(),
                ..input.meta.clone()
            };
            let whole_file = value.decoded.contains(&b'\n') || value.decoded.starts_with(b"{");
            let bytes = if whole_file {
                value.decoded.as_slice()
            } else {
                &text
            };
            let hits = self.detector.detect(&inner, bytes, 0).hits;
            let location = input.locate(value.range.clone());
            for hit in &hits {
                let secret = bytes.get(hit.secret.clone()).unwrap_or_default();
                if let Some(mut finding) = self.finding(input.path(), hit, secret, location.clone()) {
                    finding.snippet = Some(snippet(
                        input,
                        &value.range,
                        std::slice::from_ref(&value.range),
                        location.line,
                    ));
                    let message = format!(
                        "it is base64-encoded under the key {}, which hides nothing",
                        value.key
                    );
                    finding.evidence.push(EvidenceStep {
                        message,
                        location: None,
                    });
                    out.finding(finding);
                }
            }
        }
    }

    fn finding(&self, path: &str, hit: &Hit, secret: &[u8], location: Location) -> Option<Finding> {
        let mask = masked(secret);
        let described = match &hit.by {
            By::Rule(number) => self.describe_format(*number, hit, &mask)?,
            By::Generic { kind, score, sure } => generic_rules::describe(
                *kind,
                *score,
                *sure,
                self.options.generic == GenericMode::Block,
                &mask,
            ),
        };
        if !self.options.enabled.has(&described.rule) {
            return None;
        }
        let fingerprint = FingerprintBuilder::new(&described.rule)
            .file_name_of(path)
            .part(&self.options.secret_key.identify(secret))
            .finish();
        let level = (described.severity, described.confidence);
        Some(Finding {
            title: described.title,
            message: described.message,
            evidence: described
                .evidence
                .into_iter()
                .map(|message| EvidenceStep {
                    message,
                    location: None,
                })
                .collect(),
            locations: vec![location],
            cwe: described
                .cwe
                .iter()
                .map(|number| format!("CWE-{number}"))
                .collect(),
            controls: pack::leak_controls(),
            fix: Some(Fix {
                description: described.fix,
                edits: Vec::new(),
            }),
            ..Finding::new(described.rule, level, fingerprint, AssetId::file(path))
        })
    }

    fn describe_format(&self, number: usize, hit: &Hit, mask: &str) -> Option<Described> {
        let matcher = &self.detector.rules.get(number)?.matcher;
        let mut evidence = vec!["it has the format its issuer documents".to_owned()];
        evidence.extend(hit.proof.clone());
        let (severity, confidence) = if hit.doubtful {
            (Severity::Low, Confidence::Low)
        } else {
            (matcher.severity, matcher.confidence)
        };
        Some(Described {
            rule: matcher.id.clone(),
            severity,
            confidence,
            title: matcher.title.clone(),
            message: format!("{} {mask}", matcher.title),
            evidence,
            cwe: matcher.cwe.clone(),
            fix: matcher.fix.clone(),
        })
    }
}

/// The parts of a finding that depend on who found it.
pub(crate) struct Described {
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) evidence: Vec<String>,
    pub(crate) cwe: Vec<u32>,
    pub(crate) fix: String,
}

fn digest_of(matchers: &[LeakMatcher], options: &LeakOptions, generic: bool) -> [u8; 32] {
    // Debug text covers every field, so that a field added later cannot be forgotten here.
    let mut builder = FingerprintBuilder::new("leak/credentials").part(&builtin::digest());
    for matcher in matchers {
        builder = builder.part(matcher.id.as_bytes());
    }
    for (matcher, _) in &options.more_rules {
        builder = builder.part(format!("{matcher:?}").as_bytes());
    }
    let builder = builder
        .part(&[options.generic as u8, u8::from(generic)])
        .part(if generic {
            Classifier::embedded_bytes()
        } else {
            b""
        })
        .part(&options.secret_key.identify(b"digest"));
    let mut digest = [0; 32];
    for (to, from) in digest.iter_mut().zip(builder.finish().as_str().bytes()) {
        *to = from;
    }
    digest
}

impl Check for LeakCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        let builtin = builtin::leak_rules().iter().map(bartizan_content::LeakRule::info);
        let more = self.options.more_rules.iter().map(|(_, info)| info.clone());
        builtin
            .chain(more)
            .chain(generic_rules::infos())
            .filter(|info| self.options.enabled.has(&info.id))
            .collect()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if is_media(file.extension()) {
            Interest::No
        } else {
            Interest::Whole
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let text = encoded::as_utf8(input.bytes);
        let input = Input {
            bytes: &text,
            ..*input
        };
        self.scan(&input, out);
        self.scan_encoded(&input, out);
        Ok(())
    }
}

/// Pictures, sound, films and fonts: pixels, not text.
fn is_media(extension: &str) -> bool {
    const MEDIA: [&str; 30] = [
        "png", "jpg", "jpeg", "gif", "bmp", "ico", "icns", "webp", "avif", "heic", "tif", "tiff", "psd",
        "mp3", "mp4", "m4a", "mov", "avi", "mkv", "webm", "ogg", "oga", "ogv", "wav", "flac", "ttf", "otf",
        "woff", "woff2", "eot",
    ];
    MEDIA.iter().any(|media| media.eq_ignore_ascii_case(extension))
}
