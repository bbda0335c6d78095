//! Fills in variables of a Compose file.
//!
//! In: text. Out: the text with defaults filled in, or the name of the variable that only the environment knows.
//!
//! Source: <https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md>.

/// Most levels of `${A:-${B}}`.
const DEEPEST: usize = 8;

/// The text as it is where the environment sets nothing, or the name of a variable that has no default.
pub(super) fn interpolate(text: &str) -> Result<String, String> {
    let mut out = String::new();
    fill(text, 0, &mut out)?;
    Ok(out)
}

fn fill(text: &str, depth: usize, out: &mut String) -> Result<(), String> {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        if let Some(literal) = after.strip_prefix('$') {
            out.push('$');
            rest = literal;
        } else if let Some(braced) = after.strip_prefix('{') {
            rest = variable(braced, depth, out)?;
        } else {
            let end = name_end(after);
            if end == 0 {
                out.push('$');
                rest = after;
            } else {
                return Err(after.get(..end).unwrap_or_default().to_owned());
            }
        }
    }
    out.push_str(rest);
    Ok(())
}

fn name_end(text: &str) -> usize {
    text.find(|one: char| !one.is_ascii_alphanumeric() && one != '_')
        .unwrap_or(text.len())
}

fn variable<'t>(braced: &'t str, depth: usize, out: &mut String) -> Result<&'t str, String> {
    let mut open = 0_usize;
    let mut end = None;
    for (at, one) in braced.char_indices() {
        match one {
            '{' => open += 1,
            '}' if open == 0 => {
                end = Some(at);
                break;
            }
            '}' => open -= 1,
            _ => {}
        }
    }
    let end = end.ok_or_else(|| braced.chars().take(40).collect::<String>())?;
    let inside = braced.get(..end).unwrap_or_default();
    let (name, modifier) = inside.split_at(name_end(inside));
    let default = modifier.strip_prefix(":-").or_else(|| modifier.strip_prefix('-'));
    match default {
        Some(default) if depth < DEEPEST => fill(default, depth + 1, out)?,
        _ => return Err(name.to_owned()),
    }
    Ok(braced.get(end + 1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_filled_in_and_what_has_none_is_named() {
        assert_eq!(interpolate("a${B:-c}d$$e").as_deref(), Ok("acd$e"));
        assert_eq!(interpolate("${A-${B:-x}}").as_deref(), Ok("x"));
        assert_eq!(interpolate("$").as_deref(), Ok("$"));
        for text in ["$A", "x${A}", "${A:?no}", "${A:+b}", "${A"] {
            assert_eq!(interpolate(text), Err("A".to_owned()), "{text}");
        }
        assert!(interpolate(&"${A:-".repeat(10_000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[A${}:+?-]{0,60}") {
            let _ = interpolate(&text);
        }
    }
}
