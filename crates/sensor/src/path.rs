//! Paths as they were asked for, made absolute.

/// Writes the path that is meant by `path` from `directory` into `out`, without `.`, `..` and doubled slashes. Links are not followed.
pub(crate) fn absolute<'o>(directory: &[u8], path: &[u8], out: &'o mut Vec<u8>) -> &'o [u8] {
    out.clear();
    let from_root = path.first() == Some(&b'/');
    let before: &[u8] = if from_root { b"" } else { directory };
    for name in before
        .split(|byte| *byte == b'/')
        .chain(path.split(|byte| *byte == b'/'))
    {
        match name {
            b"" | b"." => {}
            b".." => out.truncate(out.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            name => {
                out.push(b'/');
                out.extend_from_slice(name);
            }
        }
    }
    if out.is_empty() && !(path.is_empty() && directory.is_empty()) {
        out.push(b'/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_put_together_without_detours() {
        let of = |directory: &str, path: &str| {
            String::from_utf8(absolute(directory.as_bytes(), path.as_bytes(), &mut Vec::new()).to_vec())
                .unwrap()
        };
        assert_eq!(of("/srv/www", "../../etc/./shadow"), "/etc/shadow");
        assert_eq!(of("/srv", "/etc//passwd"), "/etc/passwd");
        assert_eq!(of("/", "../../.."), "/");
        assert_eq!(of("", ""), "");
    }
}
