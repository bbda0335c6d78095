//! What OPA's compiler makes of a module before it is evaluated and the engine does not, written in Rego itself, line for line.
//!
//! In: the text of a module that the engine can read. Out: a text that means to the engine what the first means to OPA:
//!
//! - arguments of what is negated are evaluated before, outside the negation: where one is undefined, so is the whole body;
//! - a value of a rule or comprehension that looks into something is evaluated in the body, where its names are bound;
//! - functions without a body have one;
//! - `some i` is left out where no other `i` is near: the engine may meet it after `i` is bound;
//! - `with name as` names the rule of the package;
//! - a test with cases says which cases it meets (`test_name[case]`).
//!
//! <https://www.openpolicyagent.org/docs/policy-language>: negation, comprehensions, `some`, `with`.

mod edit;
mod tree;
mod walk;

use edit::apply;
use regorus::unstable::Module;
use regorus::{Engine, PolicyLengthConfig};
use walk::Walk;

/// The function that notes a case of a test.
pub(super) const CASE: &str = "bartizan.test_case";

/// A module is read again after each round; what is nested deeper than this stays as it is.
const ROUNDS: usize = 24;

/// The same module as OPA would compile it; the text itself where the engine cannot read it, so that the engine says why.
pub(super) fn rewrite(path: &str, text: &str, v0: bool, lengths: PolicyLengthConfig) -> String {
    let most = text.len().saturating_mul(3).saturating_add(1024);
    let mut now = text.to_owned();
    let mut named = 0;
    for _ in 0..ROUNDS {
        let Some(next) = round(path, &now, v0, lengths, &mut named) else {
            break;
        };
        if next.len() > most {
            break;
        }
        now = next;
    }
    now
}

fn round(path: &str, text: &str, v0: bool, lengths: PolicyLengthConfig, named: &mut usize) -> Option<String> {
    let mut engine = Engine::new();
    engine.set_policy_length_config(lengths);
    engine.set_rego_v0(v0);
    engine.add_policy(path.to_owned(), text.to_owned()).ok()?;
    let module: &Module = engine.get_modules().first()?;
    let edits = Walk::over(module, text, named);
    (!edits.is_empty()).then(|| apply(text, edits))
}

#[cfg(test)]
mod tests {
    use super::rewrite;
    use regorus::PolicyLengthConfig;

    fn rewritten(text: &str) -> String {
        rewrite("t.rego", text, false, PolicyLengthConfig::default())
    }

    #[test]
    fn an_argument_of_what_is_negated_comes_before_it() {
        assert_eq!(
            rewritten("package a\nb if not f(input.c)\nf(x) if x\n"),
            "package a\nb if { moved__1 := input.c; not f(moved__1) }\nf(x) if x\n"
        );
        assert_eq!(
            rewritten("package a\nb if {\n\tnot count(input.c) > 1 with input as {}\n}\n"),
            "package a\nb if {\n\tmoved__1 := count(input.c) with input as {}; not moved__1 > 1 with input as {}\n}\n"
        );
    }

    #[test]
    fn what_negation_leaves_alone_stays() {
        for text in [
            "package a\nb if not input.c == 1\n",
            "package a\nb if not input.c\n",
            "package a\nb if not f(1, \"x\")\nf(x, y) if x == y\n",
        ] {
            assert_eq!(rewritten(text), text);
        }
    }

    #[test]
    fn a_value_that_looks_into_something_is_evaluated_in_the_body() {
        assert_eq!(
            rewritten("package a\nb := input.c[d] if d := 1\n"),
            "package a\nb := moved__1 if { d := 1; moved__1 := input.c[d] }\n"
        );
        assert_eq!(
            rewritten("package a\nb := [input.c[d] | d := 1]\n"),
            "package a\nb := [moved__1 | d := 1; moved__1 := input.c[d]]\n"
        );
    }

    #[test]
    fn an_object_is_moved_whole() {
        assert_eq!(
            rewritten("package a\nb(c) := {\"d\": f(c), \"e\": \"}\"}\n"),
            "package a\nb(c) := moved__1 if { moved__1 := {\"d\": f(c), \"e\": \"}\"} }\n"
        );
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "package a\nb if {\n\tnot f({\n\t\t\"x\": input.y,\n\t})\n}\nf(x) if x.x == 1\n\nc if not f(input)\n";
        let now = rewritten(text);
        assert_ne!(now, text);
        assert_eq!(now.lines().count(), text.lines().count());
        assert_eq!(
            now.lines().position(|line| line.starts_with("c if")),
            text.lines().position(|line| line.starts_with("c if"))
        );
    }
}
