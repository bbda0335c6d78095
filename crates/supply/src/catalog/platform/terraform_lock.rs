//! `.terraform.lock.hcl`. <https://developer.hashicorp.com/terraform/language/files/dependency-lock>
//!
//! Written by Terraform and OpenTofu with one argument a line. Of the digests, `zh:` is that of the archive of one
//! platform; `h1:` is that of its contents.

use crate::catalog::form::{hash, place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::{Hash, Scope};

/// Reads lock files of Terraform.
pub struct TerraformLock;

impl Cataloger for TerraformLock {
    fn id(&self) -> &'static str {
        "terraform-lock"
    }

    fn title(&self) -> &'static str {
        "Lock files of Terraform"
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == ".terraform.lock.hcl"
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let mut open: Option<Provider<'_>> = None;
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("provider ") {
                if let Some(cut) = open.take() {
                    cut.cut_off(out);
                }
                open = rest.split('"').nth(1).map(|address| Provider::new(line, address));
            } else if let Some(provider) = &mut open {
                if line == "}" {
                    out_provider(provider, text, out);
                    open = None;
                } else if let Some(digits) = line.trim_matches([',', '"']).strip_prefix("zh:") {
                    provider.hashes.extend(hash("sha256", digits));
                } else if let Some(("version", value)) =
                    line.split_once('=').map(|(key, value)| (key.trim(), value))
                {
                    provider.version = value.split('"').nth(1);
                }
            } else if !line.is_empty() && !line.starts_with(['#', '/', '}']) {
                return Err(Unreadable(format!(
                    "it is no lock file of Terraform: `{}`",
                    line.escape_debug()
                )));
            }
        }
        if let Some(cut) = open {
            cut.cut_off(out);
        }
        Ok(())
    }
}

struct Provider<'t> {
    line: &'t str,
    address: &'t str,
    version: Option<&'t str>,
    hashes: Vec<Hash>,
}

impl<'t> Provider<'t> {
    fn new(line: &'t str, address: &'t str) -> Self {
        Self {
            line,
            address,
            version: None,
            hashes: Vec::new(),
        }
    }

    fn cut_off(&self, out: &mut Inventory<'_>) {
        out.problem(format!(
            "the provider `{}` is cut off",
            self.address.escape_debug()
        ));
    }
}

fn out_provider(provider: &mut Provider<'_>, text: &str, out: &mut Inventory<'_>) {
    let (namespace, name) = provider
        .address
        .rsplit_once('/')
        .unwrap_or(("", provider.address));
    out.add(Package {
        purl: purl("terraform", Some(namespace), name, provider.version),
        scope: Scope::Development,
        hashes: std::mem::take(&mut provider.hashes),
        at: place(text, provider.line),
        ..Package::default()
    });
}
