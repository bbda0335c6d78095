//! JSON as people and some tools write it, with comments and trailing commas (<https://code.visualstudio.com/docs/languages/json>),
//! made into JSON of the same length, so that places stay.

/// Replaces comments and trailing commas by spaces.
#[must_use]
pub(crate) fn to_json(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let mut comma: Option<usize> = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => {
                comma = None;
                at = string_end(bytes, at + 1);
                continue;
            }
            (b'/', Some(b'/')) => {
                let end = find(bytes, at, b"\n").unwrap_or(bytes.len());
                blank(&mut out, at, end);
                at = end;
                continue;
            }
            (b'/', Some(b'*')) => {
                let end = find(bytes, at + 2, b"*/").map_or(bytes.len(), |end| end + 2);
                blank(&mut out, at, end);
                at = end;
                continue;
            }
            (b',', _) => comma = Some(at),
            (b'}' | b']', _) => {
                if let Some(comma) = comma.take() {
                    blank(&mut out, comma, comma + 1);
                }
            }
            (byte, _) if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
    out
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(what.len())
        .position(|window| window == what)
        .map(|at| from + at)
}

fn blank(out: &mut [u8], from: usize, to: usize) {
    for byte in out.get_mut(from..to).into_iter().flatten() {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_become_spaces_and_strings_stay() {
        let text = r#"{ "a": ["//", ",]", ], /* , */ "b": 1, // x
        }"#;
        let json = to_json(text.as_bytes());
        assert_eq!(json.len(), text.len());
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(value, serde_json::json!({"a": ["//", ",]"], "b": 1}));
    }

    #[test]
    fn what_is_cut_off_ends() {
        for text in ["\"", "\"\\", "/*", "/", "//", ",", "/**"] {
            assert_eq!(to_json(text.as_bytes()).len(), text.len());
        }
    }
}
