//! What checks noted of files, within bounds.

use bartizan_engine::{Fact, Sink};

/// Most that a check notes of all files together, in bytes.
const MOST: usize = 256 << 20;

/// The facts that are judged: those beyond the bound are said to be left out, because of too much of something.
pub(crate) fn within<'f>(facts: &'f [Fact], too_much: &str, out: &mut Sink) -> Vec<&'f Fact> {
    bounded(facts, too_much, MOST, out)
}

fn bounded<'f>(facts: &'f [Fact], too_much: &str, most: usize, out: &mut Sink) -> Vec<&'f Fact> {
    let mut total = 0_usize;
    let mut kept = Vec::new();
    for fact in facts {
        total = total.saturating_add(fact.data.len());
        if total > most {
            out.error(format!(
                "{}: it is not judged, for there is more {too_much} than {most} bytes",
                fact.path
            ));
        } else {
            kept.push(fact);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_bound_is_left_out_and_said() {
        let fact = |path: &str| Fact {
            path: path.to_owned(),
            data: "1234".to_owned(),
        };
        let facts = [fact("a"), fact("b"), fact("c")];
        let mut out = Sink::default();
        assert_eq!(bounded(&facts, "of this", 8, &mut out), [&facts[0], &facts[1]]);
        let errors = out.into_reported().errors;
        assert_eq!(
            errors,
            ["c: it is not judged, for there is more of this than 8 bytes"]
        );
    }
}
