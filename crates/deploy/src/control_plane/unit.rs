//! Flags in units of systemd and in files of environment variables.
//!
//! In: the text of `kubelet.service`, of a drop-in such as `10-kubeadm.conf`, of `/etc/default/kubelet`. Out: programs with their flags.
//! What variables add is not here, and makes what is missing open.
//! <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment>

use super::calls::{Call, program_in, split};
use super::flags::{Flag, Invocation, Missing, Program, flags};
use bartizan_document::Span;

/// Whether a file of this name may hold flags of a program of the control plane or of a node.
pub(crate) fn is_unit(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let of_unit = |name: &str| {
        name.strip_suffix(".service")
            .is_some_and(|name| Program::of(name).is_some())
    };
    let of_dropin = |directory: &str| {
        let last = directory.rsplit('/').next().unwrap_or(directory);
        last.strip_suffix(".d").is_some_and(of_unit)
    };
    let of_variables = matches!(
        name,
        "kubelet" | "kubelet.env" | "kubelet-extra-args" | "kubelet.conf.env"
    ) && (name.contains('.')
        || ["default", "sysconfig", "kubernetes"]
            .contains(&directory.rsplit('/').next().unwrap_or(directory)));
    of_unit(name) || (of_dropin(directory) && name.ends_with(".conf")) || of_variables
}

/// Programs with the flags that a text gives them.
pub(crate) fn read(text: &str) -> Vec<Invocation> {
    logical_lines(text)
        .into_iter()
        .filter_map(|(line, at)| of_line(&line, at))
        .collect()
}

/// Lines with those that follow a backslash at their end, and where they stand in the text.
fn logical_lines(text: &str) -> Vec<(String, Span)> {
    let mut lines = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let (mut joined, from) = open.take().unwrap_or_else(|| (String::new(), start));
        let end = start + body.len();
        start += line.len();
        match body.strip_suffix('\\') {
            Some(more) => {
                joined.push_str(more);
                joined.push(' ');
                open = Some((joined, from));
            }
            None => {
                joined.push_str(body);
                lines.push((joined, Span::new(from, end)));
            }
        }
    }
    lines.extend(open.map(|(joined, from)| (joined, Span::new(from, text.len()))));
    lines
}

fn of_line(line: &str, at: Span) -> Option<Invocation> {
    let line = line.trim();
    let assignment = line.strip_prefix("export ").unwrap_or(line);
    let (key, value) = assignment.split_once('=')?;
    let words =
        |text: &str| -> Vec<(String, Span)> { split(text).into_iter().map(|word| (word, at)).collect() };
    match key.trim() {
        "ExecStart" => {
            let command = value.trim_start_matches(['-', '@', '+', '!', ':']);
            let Call { program, rest, .. } = program_in(&words(command))?;
            let missing = match rest.iter().find(|(word, _)| word.starts_with('$')) {
                Some((word, _)) => Missing::Open(format!(
                    "flags of {} come from the variable `{word}`",
                    program.name()
                )),
                None => Missing::Default,
            };
            Some(Invocation::of_flags(
                program,
                flags(&rest, program == Program::Etcd),
                at,
                missing,
            ))
        }
        "Environment" => split(value)
            .iter()
            .find_map(|one| one.split_once('='))
            .and_then(|(name, value)| of_variable(name, value, at)),
        name => of_variable(name, &split(value).join(" "), at),
    }
}

/// The kubelet with the flags that a variable such as `KUBELET_EXTRA_ARGS` holds.
fn of_variable(name: &str, value: &str, at: Span) -> Option<Invocation> {
    let is_of_kubelet = name.starts_with("KUBELET_") && (name.ends_with("_ARGS") || name.ends_with("_OPTS"));
    if !is_of_kubelet {
        return None;
    }
    let words: Vec<(String, Span)> = split(value).into_iter().map(|word| (word, at)).collect();
    let found: Vec<Flag> = flags(&words, false);
    (!found.is_empty()).then(|| Invocation::of_flags(Program::Kubelet, found, at, Missing::Silent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_units_and_variables_are_read_with_their_lines() {
        let text = "[Service]\nEnvironment=\"KUBELET_KUBECONFIG_ARGS=--kubeconfig=/etc/kubernetes/kubelet.conf --anonymous-auth=true\"\nExecStart=\n\
                    ExecStart=/usr/bin/kubelet \\\n  --read-only-port=10255 $KUBELET_EXTRA_ARGS\n";
        let read = read(text);
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].missing, Missing::Silent);
        assert_eq!(read[0].flags.len(), 2);
        assert!(matches!(read[1].missing, Missing::Open(_)));
        assert_eq!(read[1].flags[0].value, "10255");
        assert!(
            text.get(read[1].place.range())
                .unwrap()
                .starts_with("ExecStart=/usr")
        );
    }

    #[test]
    fn a_file_of_variables_is_read_and_others_are_not_asked_for() {
        let one = read("# c\nKUBELET_EXTRA_ARGS=\"--node-ip=1.2.3.4 --read-only-port 10255\"\nPATH=/bin\n");
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].flags[1].value, "10255");
        for path in [
            "etc/default/kubelet",
            "kubelet.service",
            "etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
            "kubelet.env",
        ] {
            assert!(is_unit(path), "{path}");
        }
        for path in ["bin/kubelet", "nginx.service", "etc/a.conf", "kubelet.md"] {
            assert!(!is_unit(path), "{path}");
        }
    }
}
