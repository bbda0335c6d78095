//! `bartizan profile show`: a profile for people, and as the policies that it makes.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::process::{Command, Stdio};

use bartizan_profile::{Profile, Stability, render};

use crate::args::{Common, ShowArgs};
use crate::error::{Code, Error, Outcome};
use crate::output;
use crate::profiles;
use crate::terminal::Terminal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Seccomp,
    Capabilities,
    AppArmor,
    Selinux,
    NetworkPolicy,
    Mesh,
    Landlock,
    Kubernetes,
}

const FORMATS: [(&str, Format); 10] = [
    ("text", Format::Text),
    ("json", Format::Json),
    ("seccomp", Format::Seccomp),
    ("capabilities", Format::Capabilities),
    ("apparmor", Format::AppArmor),
    ("selinux", Format::Selinux),
    ("networkpolicy", Format::NetworkPolicy),
    ("mesh", Format::Mesh),
    ("landlock", Format::Landlock),
    ("kubernetes", Format::Kubernetes),
];

pub(super) fn run(common: &Common, args: &ShowArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.output.format, "profile show", &FORMATS)?;
    let profile = profiles::existing(common, &args.which)?;
    let width = render::Width {
        exact: args.exact,
        new_privileges: args.new_privileges,
    };
    let mut unknown = 0;
    let text = match format {
        Format::Text => text(&profile),
        Format::Json => output::pretty(&profile)?,
        Format::Seccomp => output::pretty(&render::seccomp(&profile, width))?,
        Format::Capabilities => capabilities(&profile)?,
        Format::AppArmor => render::apparmor(&profile),
        Format::Selinux => {
            let module = render::selinux(&profile, &port_types(terminal));
            unknown = module.unknown.len();
            module.text
        }
        Format::NetworkPolicy => render::network_policy(&profile),
        Format::Mesh => render::mesh(&profile),
        Format::Landlock => output::pretty(&render::landlock(&profile))?,
        Format::Kubernetes => render::security_context(&profile),
    };
    match file {
        Some(file) => output::write_file(&file, text.as_bytes())?,
        None => output::print(text)?,
    }
    if unknown == 0 {
        return Ok(0);
    }
    terminal.warn(format!(
        "the types of {unknown} things are not known, which the module names and does not allow: learn it on a host with SELinux, and show it there"
    ));
    Ok(Code::Unknown as u8)
}

/// Types of ports in the policy of this host, or else those of well-known services.
fn port_types(terminal: Terminal) -> render::PortTypes {
    let listed = Command::new("semanage")
        .args(["port", "--list", "--noheading"])
        .stdin(Stdio::null())
        .output();
    listed
        .ok()
        .and_then(|output| render::PortTypes::of_policy(&String::from_utf8_lossy(&output.stdout)))
        .unwrap_or_else(|| {
            terminal.note("`semanage port --list` tells nothing here: ports of well-known services have the types that they have by default, others none");
            render::PortTypes::well_known()
        })
}

/// A name a line
fn capabilities(profile: &Profile) -> Result<String, Error> {
    let needed = profile.capabilities.as_ref().ok_or_else(|| Error {
        code: Code::Unknown,
        ..Error::usage(
            "which capabilities are needed is not known: the kernel that it was learned on does not tell",
            "learn it on Linux 6.14 or newer",
        )
    })?;
    Ok(needed.keys().map(|name| format!("{name}\n")).collect())
}

fn names<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let all: Vec<&str> = names.into_iter().map(String::as_str).collect();
    if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(", ")
    }
}

fn text(profile: &Profile) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name}: {value}");
    };
    line("workload", profile.workload.clone());
    line("system calls", names(profile.calls.keys()));
    if !profile.compat_calls.is_empty() {
        line("of 32-bit programs", names(profile.compat_calls.keys()));
    }
    if !profile.start.is_empty() {
        line("of what started it", names(&profile.start));
    }
    if !profile.refused.is_empty() {
        line("refused by a filter", names(&profile.refused));
    }
    match &profile.capabilities {
        Some(all) => line("capabilities", names(all.keys())),
        None => line("capabilities", "not known: the kernel does not tell".to_owned()),
    }
    let writable: Vec<String> = render::writable(profile)
        .into_iter()
        .map(|place| place.path)
        .collect();
    line("writes below", names(&writable));
    for (name, places, at_port) in [
        ("connects to", &profile.connects, true),
        ("listens on", &profile.listens, true),
        ("is called by", &profile.peers, false),
    ] {
        let shown = |address: IpAddr, port: u16| {
            if at_port {
                SocketAddr::new(address, port).to_string()
            } else {
                format!("{address} on port {port}")
            }
        };
        let all: Vec<String> = places
            .iter()
            .flat_map(|(transport, ports)| {
                ports
                    .iter()
                    .map(move |(port, addresses)| (transport, port, addresses))
            })
            .flat_map(|(transport, port, addresses)| {
                addresses
                    .iter()
                    .map(move |address| format!("{} {}", transport.name(), shown(*address, *port)))
            })
            .collect();
        line(name, names(&all));
    }
    line("asks for the names", names(profile.names.keys()));
    line("files", profile.files.len().to_string());
    let stability = Stability::of(profile);
    line("stability", format!("{:.2}", stability.score));
    let _ = writeln!(text, "{}", stability.sentence(profile));
    text
}
