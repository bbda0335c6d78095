//! A profile for AppArmor (`apparmor.d(5)`, ABI 3.0): files by their paths, capabilities, kinds of sockets. What is not in it is refused.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::profile::{Access, Profile};
use crate::render::libraries;

/// Text of a profile of this name.
#[must_use]
pub fn apparmor(profile: &Profile) -> String {
    let mut text = String::from(
        "# What was opened is here; what is only looked at with stat(2) was not seen. Run it in complain mode first.\nabi <abi/3.0>,\n\ninclude <tunables/global>\n\n",
    );
    let name = super::file_name(&profile.workload);
    let _ = writeln!(
        text,
        "profile bartizan-{name} flags=(attach_disconnected,mediate_deleted) {{"
    );
    text.push_str("  include <abstractions/base>\n\n");
    for capability in profile.capabilities.iter().flat_map(|all| all.keys()) {
        let name = capability.trim_start_matches("CAP_").to_lowercase();
        let _ = writeln!(text, "  capability {name},");
    }
    let families: BTreeSet<_> = profile
        .sockets
        .iter()
        .filter_map(|socket| network(socket.family, socket.kind))
        .collect();
    for rule in families {
        let _ = writeln!(text, "  network {rule},");
    }
    text.push_str("  signal (send, receive) peer=@{profile_name},\n\n");
    for (path, file) in &profile.files {
        let permissions = permissions(path, file.access);
        // The path of a directory ends with a slash there.
        let slash = if file.access.directory && path != "/" {
            "/"
        } else {
            ""
        };
        let _ = writeln!(text, "  {} {permissions},", quoted(&format!("{path}{slash}")));
    }
    for directory in libraries(profile) {
        let _ = writeln!(text, "  {} mr,", quoted(&format!("{directory}/*.so*")));
    }
    text.push_str("}\n");
    text
}

/// Words of a rule about sockets; None for families that AppArmor has no word for
fn network(family: u32, kind: u32) -> Option<String> {
    let family = match family {
        1 => "unix",
        2 => "inet",
        10 => "inet6",
        16 => "netlink",
        17 => "packet",
        40 => "vsock",
        _ => return None,
    };
    let kind = match kind {
        1 => "stream",
        2 => "dgram",
        3 => "raw",
        5 => "seqpacket",
        _ => return None,
    };
    Some(format!("{family} {kind}"))
}

fn permissions(path: &str, access: Access) -> String {
    let mut text = String::new();
    if access.read || access.execute {
        text.push('r');
    }
    if access.writes() || access.connect {
        text.push('w');
    }
    if access.connect && !access.read {
        text.push('r');
    }
    // Databases and queues lock what they write to.
    if access.write {
        text.push('k');
    }
    if access.execute {
        text.push_str("mix");
    } else if super::is_library(path) {
        text.push('m');
    }
    text
}

/// A path as a rule holds it; `*` stands for one name or a part of one there, too.
fn quoted(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 2);
    text.push('"');
    for character in path.chars() {
        // Characters that would mean something
        if matches!(character, '"' | '\\' | '?' | '[' | ']' | '{' | '}' | '^' | '@') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
    text
}
