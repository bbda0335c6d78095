//! Policies of AWS: who may do what.
//!
//! In: the text of a policy, of which parts may be unknown. Out: whether it says something, or unknown.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use crate::terraform::{Map, Reason, Val, equal, every, some};

/// What a request carries whoever makes it: a condition on nothing else lets in everybody who wants to. A second factor, for one, is that
/// of whoever asks.
const ANYBODYS: &[&str] = &[
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:tokenissuetime",
    "aws:useragent",
    "s3:authtype",
    "s3:signatureversion",
    "s3:tlsversion",
    "s3:x-amz-acl",
    "s3:x-amz-server-side-encryption",
];

/// Whether a statement allows anybody something without a condition that keeps anybody out.
pub(crate) fn public(document: &Val) -> Val {
    of(document, |statement| {
        let principal = statement.entries.get("Principal").cloned().unwrap_or(Val::Null);
        let open = some([unconditioned(statement), idle(statement)].into_iter());
        every([allows(statement), anybody(&principal), open].into_iter())
    })
}

/// Whether every condition of a statement is one that anybody can meet.
fn idle(statement: &Map) -> Val {
    let Some(Val::Map(operators)) = statement.entries.get("Condition") else {
        return Val::Bool(false);
    };
    let each = operators.entries.iter().flat_map(|(operator, keys)| match keys {
        Val::Map(keys) => keys
            .entries
            .iter()
            .map(|(key, values)| met_by_anybody(operator, key, values))
            .collect(),
        Val::Unknown(reason) => vec![Val::Unknown(reason.clone())],
        _ => vec![Val::Bool(false)],
    });
    every(each)
}

fn met_by_anybody(operator: &str, key: &str, values: &Val) -> Val {
    let (operator, key) = (operator.to_ascii_lowercase(), key.to_ascii_lowercase());
    if ANYBODYS.contains(&key.as_str()) {
        return Val::Bool(true);
    }
    match operator.trim_end_matches("ifexists") {
        "stringlike" | "arnlike" => any(values, &|value| value == "*"),
        "ipaddress" if key == "aws:sourceip" => any(values, &|value| {
            crate::terraform::cidr(value).is_some_and(|(_, length)| length == 0)
        }),
        _ => Val::Bool(false),
    }
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
        for (condition, expected) in [
            (r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, true),
            (
                r#"{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":["0.0.0.0/0"]}}"#,
                true,
            ),
            (
                r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"aws:SourceAccount":"1"}}"#,
                false,
            ),
            (r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#, true),
            (r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::1:*"}}"#, false),
            (r#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, false),
            (r#"{"StringEquals":{"sts:ExternalId":"x"}}"#, false),
        ] {
            let document =
                format!(r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Condition":{condition}}}}}"#);
            assert_eq!(public(&text(&document)), Val::Bool(expected), "{condition}");
        }
        assert!(matches!(public(&text("no json")), Val::Unknown(_)));
    }
}
