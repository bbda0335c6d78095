//! What tests of policies evaluate, in lines.

use bartizan_policy::rego::test::Coverage;

/// One line a file: how many of its lines tests evaluate, and which they do not. Files of tests are left out.
pub(super) fn lines(all: &[Coverage]) -> String {
    let mut out = String::new();
    let (mut covered, mut known) = (0, 0);
    let policies = all.iter().filter(|file| !file.path.ends_with("_test.rego"));
    for file in policies {
        let lines = file.covered.len() + file.missed.len();
        covered += file.covered.len();
        known += lines;
        out.push_str(&format!(
            "covered     {}: {} of {lines} lines",
            file.path,
            file.covered.len()
        ));
        if !file.missed.is_empty() {
            out.push_str(&format!("; not {}", ranges(file.missed.iter().copied())));
        }
        out.push('\n');
    }
    if known > 0 {
        out.push_str(&format!("covered     {covered} of {known} lines in all\n"));
    }
    out
}

/// `3, 5-8`.
fn ranges(lines: impl Iterator<Item = u32>) -> String {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match all.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => all.push((line, line)),
        }
    }
    let written = all.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    written.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn lines_that_follow_one_another_are_one_range() {
        assert_eq!(ranges([1, 3, 4, 5, 9].into_iter()), "1, 3-5, 9");
        assert_eq!(ranges(std::iter::empty()), "");
    }
}
