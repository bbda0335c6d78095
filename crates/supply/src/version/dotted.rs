//! Lists of numbers, compared number by number; of two that begin alike the longer is the newer.
//!
//! This is the order of Hackage (<https://pvp.haskell.org/>, dots between) and of R's `package_version`
//! (<https://cran.r-project.org/doc/manuals/r-release/R-exts.html>, dots and hyphens alike). Neither knows anything but numbers; a
//! part that is none sorts below every number.

use super::key::{KeyWriter, is_number};

const END: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;

pub(super) fn write_key(version: &str, separators: &[u8], out: &mut KeyWriter) {
    for part in version.trim().as_bytes().split(|b| separators.contains(b)) {
        if is_number(part) {
            out.tag(NUMBER);
            out.number(part);
        } else {
            out.tag(TEXT);
            out.text(part);
        }
    }
    out.tag(END);
}
