//! How bad an advisory says it is.
//!
//! In: CVSS vectors (<https://www.first.org/cvss/>) and the words that databases use. Out: a score and a severity. Of several the
//! newest version of CVSS counts; a word counts where there is no vector.

use bartizan_model::Severity;
use cvss::Cvss;

/// What an advisory says of its severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rating {
    /// Score in tenths, 0 to 100.
    pub score: Option<u8>,
    /// The word of the database.
    pub word: Option<Severity>,
    /// Whether attacks can be automated, by the vector that gave the score: over the network, without privileges, without a
    /// person who helps, under no condition.
    pub automatable: bool,
    /// Whether a successful attack gives full control over confidentiality and integrity, by the same vector.
    pub total_impact: bool,
}

impl Rating {
    /// The rating of vectors (or plain numbers) and words as a record lists them; what cannot be read counts for nothing.
    #[must_use]
    pub fn of<'a>(
        vectors: impl IntoIterator<Item = &'a str>,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let best = vectors.into_iter().filter_map(Scored::of).max();
        Self {
            score: best.map(|best| best.tenths),
            word: words.into_iter().filter_map(word).max(),
            automatable: best.is_some_and(|best| best.automatable),
            total_impact: best.is_some_and(|best| best.total_impact),
        }
    }

    /// The severity; none where nothing is said.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        self.score.map(of_score).or(self.word)
    }

    /// The graver of two.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        let traits = |rating: Self| (rating.score, rating.automatable, rating.total_impact);
        let (score, automatable, total_impact) = traits(self).max(traits(other));
        Self {
            score,
            word: self.word.max(other.word),
            automatable,
            total_impact,
        }
    }
}

/// The rating scale that CVSS 3 and 4 share (<https://www.first.org/cvss/v4.0/specification-document#Qualitative-Severity-Rating-Scale>).
const fn of_score(tenths: u8) -> Severity {
    match tenths {
        0 => Severity::Info,
        1..=39 => Severity::Low,
        40..=69 => Severity::Medium,
        70..=89 => Severity::High,
        _ => Severity::Critical,
    }
}

/// What a vector, or a plain number, comes to. Ordered by the version of CVSS, then by the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Scored {
    version: u8,
    tenths: u8,
    automatable: bool,
    total_impact: bool,
}

impl Scored {
    fn of(text: &str) -> Option<Self> {
        if text.len() > 512 {
            return None;
        }
        let (version, score) = match text.parse::<Cvss>() {
            Ok(vector) => {
                let version = match &vector {
                    Cvss::CvssV20(_) => 2,
                    Cvss::CvssV40(_) => 4,
                    _ => 3,
                };
                // Metrics that are missing would count as harmless.
                if !is_whole(version, text) {
                    return None;
                }
                (version, vector.score())
            }
            Err(_) => (0, text.parse::<f64>().ok()?),
        };
        if !(0.0..=10.0).contains(&score) {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 100, by the line above"
        )]
        let tenths = (score * 10.0).round() as u8;
        let has = |metrics: &[&str]| {
            metrics
                .iter()
                .all(|metric| text.split('/').any(|part| part == *metric))
        };
        let (automatable, total_impact) = match version {
            2 => (has(&["AV:N", "AC:L", "Au:N"]), has(&["C:C", "I:C"])),
            3 => (has(&["AV:N", "AC:L", "PR:N", "UI:N"]), has(&["C:H", "I:H"])),
            4 => (
                has(&["AV:N", "AC:L", "AT:N", "PR:N", "UI:N"]),
                has(&["VC:H", "VI:H"]),
            ),
            _ => (false, false),
        };
        Some(Self {
            version,
            tenths,
            automatable,
            total_impact,
        })
    }
}

/// Whether a vector has every metric that its version demands.
fn is_whole(version: u8, text: &str) -> bool {
    let demanded: &[&str] = match version {
        2 => &["AV", "AC", "Au", "C", "I", "A"],
        4 => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
        _ => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
    };
    let has = |metric: &&str| {
        text.split('/')
            .any(|part| part.split(':').next() == Some(*metric))
    };
    demanded.iter().all(has)
}

/// The words of GitHub, Debian, Ubuntu, Red Hat, SUSE and others.
fn word(text: &str) -> Option<Severity> {
    Some(match text.trim().to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" | "important" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" | "minor" => Severity::Low,
        "negligible" | "unimportant" | "none" | "info" | "informational" => Severity::Info,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_every_version_are_scored() {
        // The published examples: CVE-2002-0392 in the guide to version 2, and the worst case of versions 3.1 and 4.0.
        let score = |text| Rating::of([text], []).score;
        assert_eq!(score("AV:N/AC:L/Au:N/C:N/I:N/A:C"), Some(78));
        assert_eq!(score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), Some(98));
        assert_eq!(
            score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"),
            Some(100)
        );
        assert_eq!(score("7.5"), Some(75));
    }

    #[test]
    fn the_newest_version_counts_and_words_only_without_a_vector() {
        let both = Rating::of(
            [
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "AV:N/AC:L/Au:N/C:N/I:N/A:C",
            ],
            ["LOW"],
        );
        assert_eq!(both.severity(), Some(Severity::Critical));
        assert_eq!(Rating::of([], ["MODERATE"]).severity(), Some(Severity::Medium));
    }

    #[test]
    fn a_vector_says_whether_attacks_can_be_automated_and_take_everything() {
        let traits = |text| {
            let rating = Rating::of([text], []);
            (rating.automatable, rating.total_impact)
        };
        assert_eq!(
            traits("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            (true, true)
        );
        assert_eq!(
            traits("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H"),
            (false, true)
        );
        assert_eq!(
            traits("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
            (true, false)
        );
        assert_eq!(traits("AV:N/AC:L/Au:N/C:C/I:C/A:C"), (true, true));
        let present = "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        assert_eq!(traits(present), (false, true));
        assert_eq!(traits("9.8"), (false, false));
    }

    #[test]
    fn what_is_no_score_counts_for_nothing() {
        for text in [
            "",
            "CVSS:9.9/AV:N",
            "NaN",
            "11",
            "-1",
            "inf",
            "CVSS:3.1/AV:N",
            "\u{0}/:",
        ] {
            assert_eq!(Rating::of([text], ["untriaged"]), Rating::default(), "{text}");
        }
    }
}
