//! The check `deploy/components`: programs of clusters that manifests run, for the inventory. It has no rules.

use super::components::{IMAGES, components};
use crate::check::LARGEST;
use crate::kube::objects;
use bartizan_document::Limits;
use bartizan_document::is_manifest;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{Component, FingerprintBuilder, RuleInfo, Scope};
use bartizan_source::{FileMeta, Interest};
use memchr::memmem;

/// Changes when the same manifest gives other components; part of the key of cached results.
const REVISION: &[u8] = b"1";

/// Lists the programs of clusters that manifests run or configure, so that they are matched with advisories as other components are.
pub struct ComponentsCheck {
    meta: Meta,
}

impl ComponentsCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/components";

    /// The check. `required`: whether the verdict depends on it having run everywhere.
    #[must_use]
    pub fn new(required: bool) -> Self {
        let mut builder = FingerprintBuilder::new(Self::ID).part(REVISION);
        for name in IMAGES.iter().flat_map(|(names, _)| *names) {
            builder = builder.part(name.as_bytes());
        }
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Programs of clusters in manifests",
                required,
                digest: Meta::digest_of(builder),
            },
        }
    }
}

/// Whether a text may name a program of a cluster.
fn names_a_program(bytes: &[u8]) -> bool {
    let mut names = IMAGES.iter().flat_map(|(names, _)| *names);
    memmem::find(bytes, b"apiVersion").is_some()
        && (memmem::find(bytes, b"kubeadm.k8s.io").is_some()
            || names.any(|name| memmem::find(bytes, name.as_bytes()).is_some()))
}

impl Check for ComponentsCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if is_manifest(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, _file: &FileMeta, head: &[u8]) -> bool {
        memmem::find(head, b"apiVersion").is_some()
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if !names_a_program(input.bytes) {
            return Ok(());
        }
        let text = input.text()?;
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let shift = text.len() - bare.len();
        let manifest = objects(bare, Limits::default());
        for problem in manifest.errors {
            let line = input.locate(problem.at.range()).line;
            out.error(format!("line {line}: {}", problem.message));
        }
        for found in manifest.objects.iter().flat_map(components) {
            let Ok(purl) = found.purl.build() else { continue };
            let at = found.at.range();
            let place = input.locate(at.start + shift..at.end + shift);
            let mut component = Component::new(purl, found.name, Self::ID, place);
            component.ecosystem = Some(found.ecosystem.to_owned());
            component.scope = Scope::Runtime;
            component.direct = Some(true);
            out.component(component);
        }
        Ok(())
    }
}
