//! NuGet: <https://learn.microsoft.com/nuget/concepts/package-versioning>. Semantic Versioning with a fourth number, in which
//! `1.0` is `1.0.0.0` and neither the case of letters nor build metadata counts.

use super::key::KeyWriter;
use super::semver::{parts, write_pre_release, write_release};

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let (numbers, pre_release, _) = parts(version);
    write_release(numbers, out);
    write_pre_release(pre_release, KeyWriter::caseless_text, out);
}
