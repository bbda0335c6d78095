//! Policies of AWS: who may do what.
//!
//! In: the text of a policy, of which parts may be unknown. Out: whether it says something, or unknown.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use crate::terraform::{Map, Reason, Val, equal, every, some};

/// Whether a statement allows anybody something without a condition.
pub(crate) fn public(document: &Val) -> Val {
    of(document, |statement| {
        let principal = statement.entries.get("Principal").cloned().unwrap_or(Val::Null);
        every([allows(statement), anybody(&principal), unconditioned(statement)].into_iter())
    })
}

/// Whether a statement allows an action on every resource without a condition.
pub(crate) fn grants(document: &Val, action: &Val) -> Val {
    let Val::Text(action) = action else {
        return Val::Bool(false);
    };
    of(document, |statement| {
        let actions = statement.entries.get("Action").unwrap_or(&Val::Null);
        let named = any(actions, &|pattern| glob(pattern, action));
        every(
            [
                allows(statement),
                named,
                everywhere(statement),
                unconditioned(statement),
            ]
            .into_iter(),
        )
    })
}

/// Whether a statement allows everything on every resource.
pub(crate) fn full(document: &Val) -> Val {
    of(document, |statement| {
        let actions = statement.entries.get("Action").unwrap_or(&Val::Null);
        let all = any(actions, &|pattern| matches!(pattern, "*" | "*:*"));
        every(
            [
                allows(statement),
                all,
                everywhere(statement),
                unconditioned(statement),
            ]
            .into_iter(),
        )
    })
}

fn of(document: &Val, judge: impl Fn(&Map) -> Val) -> Val {
    let json = match document {
        Val::Text(text) => {
            let known = Reason {
                text: "".into(),
                refused: false,
            };
            match serde_json::from_str(text) {
                Ok(json) => Val::from_json(&json, &known),
                Err(_) => return Val::unknown("the policy is no JSON"),
            }
        }
        Val::Partial(text, reason) => match serde_json::from_str(text) {
            Ok(json) => Val::from_json(&json, reason),
            Err(_) => return Val::Unknown(reason.clone()),
        },
        Val::Unknown(reason) => return Val::Unknown(reason.clone()),
        _ => return Val::Bool(false),
    };
    let Val::Map(map) = json else {
        return Val::unknown("the policy is no map");
    };
    let one = |statement: &Val| match statement {
        Val::Map(statement) => judge(statement),
        Val::Unknown(reason) => Val::Unknown(reason.clone()),
        _ => Val::Bool(false),
    };
    match map.entries.get("Statement") {
        Some(Val::List(statements)) => some(statements.iter().map(one)),
        Some(statement) => one(statement),
        None => Val::Bool(false),
    }
}

fn allows(statement: &Map) -> Val {
    let effect = statement.entries.get("Effect").unwrap_or(&Val::Null);
    equal(effect, &Val::Text("Allow".to_owned()), false)
}

fn unconditioned(statement: &Map) -> Val {
    match statement.entries.get("Condition") {
        None | Some(Val::Null) => Val::Bool(true),
        Some(Val::Map(map)) => Val::Bool(map.entries.is_empty()),
        Some(Val::List(items)) => Val::Bool(items.is_empty()),
        Some(Val::Unknown(reason)) => Val::Unknown(reason.clone()),
        Some(_) => Val::Bool(false),
    }
}

fn everywhere(statement: &Map) -> Val {
    let resources = statement.entries.get("Resource").unwrap_or(&Val::Null);
    any(resources, &|pattern| pattern == "*")
}

fn anybody(principal: &Val) -> Val {
    match principal {
        Val::Map(map) => match map.entries.get("AWS") {
            Some(ids) => any(ids, &|id| id == "*"),
            None => Val::Bool(false),
        },
        other => any(other, &|id| id == "*"),
    }
}

/// Whether one of the texts is so. One that is known in part is none that could be written with `*` alone.
fn any(texts: &Val, is: &dyn Fn(&str) -> bool) -> Val {
    match texts {
        Val::List(items) => some(items.iter().map(|item| any(item, is))),
        Val::Text(text) => Val::Bool(is(text)),
        Val::Unknown(reason) => Val::Unknown(reason.clone()),
        // `${bucket.arn}/*` is something longer than `*`, whatever the bucket is.
        Val::Partial(..) => Val::Bool(false),
        _ => Val::Bool(false),
    }
}

/// Whether a pattern with `*` and `?` fits, in whatever case.
fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<u8> = pattern.bytes().map(|one| one.to_ascii_lowercase()).collect();
    let text: Vec<u8> = text.bytes().map(|one| one.to_ascii_lowercase()).collect();
    let (mut at, mut on, mut star) = (0, 0, None);
    while on < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, on));
                at += 1;
            }
            Some(one) if *one == b'?' || Some(one) == text.get(on) => {
                at += 1;
                on += 1;
            }
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    at = back + 1;
                    on = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|one| *one == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Val {
        Val::Text(text.to_owned())
    }

    #[test]
    fn patterns_of_actions_fit_in_whatever_case() {
        assert!(glob("iam:*", "iam:PassRole"));
        assert!(glob("IAM:pass?ole", "iam:PassRole"));
        assert!(glob("*", "iam:PassRole"));
        assert!(!glob("iam:Get*", "iam:PassRole"));
    }

    #[test]
    fn a_condition_keeps_a_policy_from_being_public() {
        let open = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:*"}]}"#;
        assert_eq!(public(&text(open)), Val::Bool(true));
        let held = r#"{"Statement":{"Effect":"Allow","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}}"#;
        assert_eq!(public(&text(held)), Val::Bool(false));
        assert!(matches!(public(&text("no json")), Val::Unknown(_)));
    }
}
