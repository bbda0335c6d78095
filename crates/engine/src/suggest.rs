//! "Did you mean": the known words nearest to one that is unknown.

/// The known words nearest to `given`, best first, at most three; empty when none is near.
#[must_use]
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if given.is_empty() {
        return Vec::new();
    }
    let given = given.to_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|word| Some((distance(&given, &word.to_lowercase())?, word)))
        .collect();
    near.sort();
    near.dedup();
    // One slip away from a word, everything farther is noise.
    let farthest = near.first().map_or(0, |(best, _)| best * 2);
    near.retain(|(edits, _)| *edits <= farthest);
    near.into_iter().take(3).map(|(_, word)| word).collect()
}

/// Edits from one word to the other, or `None` when that is more than a third of the longer one. A word that is
/// contained in the other counts as near: `github-pat` stands for `leak/github-pat`.
fn distance(given: &str, word: &str) -> Option<usize> {
    let edits = strsim::damerau_levenshtein(given, word);
    let longest = given.chars().count().max(word.chars().count());
    if edits <= (longest / 3).max(1) {
        return Some(edits);
    }
    let contained = given.len() >= 3 && word.contains(given) || word.len() >= 3 && given.contains(word);
    contained.then_some(edits)
}

/// `did you mean ...?` for an unknown word, or nothing.
#[must_use]
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    match nearest(given, known).as_slice() {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        [first, second] => Some(format!("did you mean `{first}` or `{second}`?")),
        [first, second, third, ..] => Some(format!("did you mean `{first}`, `{second}` or `{third}`?")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let known = ["scan.fail-on", "scan.only", "scan.skip"];
        assert_eq!(nearest("scan.failon", known), ["scan.fail-on"]);
        assert_eq!(did_you_mean("zzzz", known), None);
    }

    #[test]
    fn what_is_much_farther_than_the_nearest_is_left_out() {
        let known = ["leak/harbour-token", "leak/argocd-token", "leak/axiom-token"];
        assert_eq!(nearest("leak/harbor-token", known), ["leak/harbour-token"]);
    }

    #[test]
    fn a_part_of_a_word_finds_the_whole() {
        let known = [
            "leak/aws-access-key-id",
            "leak/aws-secret-access-key",
            "leak/slack-bot-token",
        ];
        assert_eq!(nearest("aws-secret", known), ["leak/aws-secret-access-key"]);
    }
}
