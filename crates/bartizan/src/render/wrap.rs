//! Checks that read what they are meant to: those of what is deployed what was rendered, all others what was written.

use super::Made;
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Program, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};
use std::sync::Arc;

struct Wrapped {
    check: Box<dyn Check>,
    meta: Meta,
    made: Arc<Made>,
    is_of_deployed: bool,
}

/// The check as it is to run where something was rendered.
pub(super) fn wrapped(check: Box<dyn Check>, made: &Arc<Made>) -> Box<dyn Check> {
    let is_of_deployed = check.meta().id.starts_with("deploy/");
    let mut meta = check.meta().clone();
    if is_of_deployed {
        // What it leaves to what was rendered is a part of what its results depend on.
        let mut digest = FingerprintBuilder::new("rendered").part(&meta.digest);
        let files = made.instead.iter().chain(&made.templates);
        for part in files.chain(&made.unrendered).chain(made.files.keys()) {
            digest = digest.part(part.as_bytes());
        }
        meta.digest = Meta::digest_of(digest);
    }
    Box::new(Wrapped {
        check,
        meta,
        made: Arc::clone(made),
        is_of_deployed,
    })
}

impl Check for Wrapped {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        self.check.rules()
    }

    fn looks_at_files(&self) -> bool {
        self.check.looks_at_files()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        let is_other = if self.is_of_deployed {
            self.made.replaces(&file.path)
        } else {
            self.made.files.contains_key(&*file.path)
        };
        if is_other {
            Interest::No
        } else {
            self.check.wants(file)
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        self.check.recognises(file, head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let is_template = self.is_of_deployed
            && self.made.is_unrendered(input.path())
            && input.bytes.windows(2).any(|two| two == b"{{");
        if is_template {
            // That it was not rendered is said of the chart.
            return Ok(());
        }
        self.check.run(input, out)
    }

    fn program(&self) -> Option<&dyn Program> {
        self.check.program()
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        self.check.finish(facts, out)
    }
}
