//! Functions of Terraform that depend on nothing but their arguments.
//!
//! In: a name and values, of which some may be unknown. Out: the value. Functions that ask for the clock, for chance, for a key or for the
//! machine are unknown, each with its reason; those that read files are answered where files are known (`super::files`).
//!
//! Source: <https://developer.hashicorp.com/terraform/language/functions>.

mod collection;
pub(super) mod digest;
mod format;
mod network;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod yaml;

use super::value::{Val, equal, every, some};
use collection::{as_set, count, flattened, lists, merged};
pub(crate) use network::cidr;

/// Most items that one function makes.
const MOST_ITEMS: f64 = 4096.0;
/// Longest text that is made.
const LONGEST: usize = 1 << 20;

/// Functions whose value nothing in a configuration tells, and why.
const UNDECIDABLE: &[(&str, &str)] = &[
    ("abspath", "depends on the machine that runs Terraform"),
    ("base64gzip", "depends on the compressor"),
    ("bcrypt", "is made with a random salt"),
    ("convert", "takes a type, which is not followed"),
    ("fileset", "lists directories, which are not looked at"),
    ("issensitive", "asks for marks that are not followed"),
    ("plantimestamp", "is the time of the plan"),
    ("rsadecrypt", "takes a private key"),
    ("timestamp", "is the time at which it is applied"),
    ("type", "belongs to the console of Terraform"),
    ("uuid", "is made by chance"),
];

/// Functions whose values are computed here: where one takes no such values, Terraform refuses them too.
const COMPUTED: &[&str] = &[
    "abs",
    "base64decode",
    "base64encode",
    "base64sha256",
    "base64sha512",
    "basename",
    "ceil",
    "chomp",
    "chunklist",
    "cidrhost",
    "cidrnetmask",
    "cidrsubnet",
    "cidrsubnets",
    "compact",
    "csvdecode",
    "dirname",
    "element",
    "endswith",
    "floor",
    "format",
    "formatdate",
    "formatlist",
    "index",
    "join",
    "jsondecode",
    "log",
    "lookup",
    "lower",
    "matchkeys",
    "max",
    "md5",
    "min",
    "one",
    "parseint",
    "pow",
    "range",
    "regex",
    "regexall",
    "replace",
    "reverse",
    "setintersection",
    "setproduct",
    "setsubtract",
    "setunion",
    "sha1",
    "sha256",
    "sha512",
    "signum",
    "slice",
    "sort",
    "split",
    "startswith",
    "strcontains",
    "strrev",
    "substr",
    "sum",
    "timeadd",
    "timecmp",
    "title",
    "tobool",
    "tonumber",
    "transpose",
    "trim",
    "trimprefix",
    "trimspace",
    "trimsuffix",
    "upper",
    "urlencode",
    "uuidv5",
    "values",
    "yamldecode",
    "zipmap",
];

/// A number, or text that is one.
pub(crate) fn number(value: &Val) -> Option<f64> {
    match value {
        Val::Number(number) => Some(*number),
        Val::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A whole number from 0.
pub(crate) fn whole(value: &Val) -> Option<usize> {
    let number = number(value)?;
    if number < 0.0 || number.fract() != 0.0 || number > 1e9 {
        return None;
    }
    number.to_string().parse().ok()
}

/// The value of a call.
pub(crate) fn call(name: &str, args: &[Val], loose: bool) -> Val {
    if let Some(value) = of_unknown(name, args, loose) {
        return value;
    }
    if let Some(reason) = args.iter().find_map(Val::doubt) {
        return Val::Unknown(reason.clone());
    }
    if let Some((_, why)) = UNDECIDABLE.iter().find(|(one, _)| *one == name) {
        return Val::unknown(format!("`{name}()` {why}"));
    }
    // Numbers and truth are taken for the texts that Terraform makes of them.
    match computed(name, args).or_else(|| computed(name, &texts(args))) {
        Some(value) => value,
        None if COMPUTED.contains(&name) => Val::refused(format!("`{name}` does not take such values")),
        None => Val::unknown(format!("`{name}()` is not evaluated")),
    }
}

fn computed(name: &str, args: &[Val]) -> Option<Val> {
    collection::call(name, args)
        .or_else(|| text::call(name, args))
        .or_else(|| format::call(name, args))
        .or_else(|| digest::call(name, args))
        .or_else(|| network::call(name, args))
        .or_else(|| time::call(name, args))
        .or_else(|| path(name, args))
}

fn texts(args: &[Val]) -> Vec<Val> {
    let text = |arg: &Val| match arg {
        Val::Number(_) | Val::Bool(_) => arg.written().map(Val::Text),
        _ => None,
    };
    args.iter()
        .map(|arg| text(arg).unwrap_or_else(|| arg.clone()))
        .collect()
}

/// Functions of paths, as text.
fn path(name: &str, args: &[Val]) -> Option<Val> {
    let [Val::Text(path)] = args else { return None };
    let trimmed = path.trim_end_matches('/');
    Some(match name {
        "basename" if path.is_empty() => Val::text("."),
        "basename" if trimmed.is_empty() => Val::text("/"),
        "basename" => Val::text(trimmed.rsplit('/').next().unwrap_or_default()),
        "dirname" => match path.rsplit_once('/') {
            None => Val::text("."),
            Some(("", _)) => Val::text("/"),
            Some((directory, _)) => Val::text(directory),
        },
        "pathexpand" if path.starts_with('~') => Val::unknown("`pathexpand()` depends on who runs Terraform"),
        "pathexpand" => Val::text(path),
        _ => return None,
    })
}

/// Functions whose value can be known although an argument is not.
fn of_unknown(name: &str, args: &[Val], loose: bool) -> Option<Val> {
    let first = args.first();
    Some(match (name, first) {
        ("try", _) => tried(args),
        ("can", Some(value)) if value.is_refused() => Val::Bool(false),
        ("can", Some(Val::Unknown(reason))) => Val::Unknown(reason.clone()),
        ("can", Some(_)) => Val::Bool(true),
        ("coalesce", _) => coalesce(args, loose),
        ("sensitive" | "nonsensitive" | "ephemeralasnull" | "tolist" | "tomap", Some(value)) => value.clone(),
        ("toset", Some(Val::List(items))) => Val::List(as_set(items)),
        ("toset", Some(value)) => value.clone(),
        ("anytrue", Some(Val::List(items))) => some(items.iter().map(truth)),
        ("alltrue", Some(Val::List(items))) => every(items.iter().map(truth)),
        ("contains", Some(Val::List(items))) => {
            let wanted = args.get(1)?;
            some(items.iter().map(|item| equal(item, wanted, loose)))
        }
        ("contains", Some(Val::Null)) if loose => Val::Bool(false),
        ("length", Some(Val::Null)) if loose => Val::Number(0.0),
        ("length", Some(Val::List(items))) if items.iter().all(|item| !matches!(item, Val::Unknown(_))) => {
            count(items.len())
        }
        ("length", Some(Val::Map(map))) => count(map.entries.len()),
        ("jsonencode", Some(value)) => encoded(value),
        ("jsondecode", Some(Val::Partial(text, reason))) => match serde_json::from_str(text) {
            Ok(json) => Val::from_json(&json, reason),
            Err(_) => Val::Unknown(reason.clone()),
        },
        ("yamlencode", Some(value)) => yaml::encoded(value),
        ("yamldecode", Some(Val::Partial(text, reason))) => {
            yaml::decoded(text, reason).unwrap_or_else(|| Val::Unknown(reason.clone()))
        }
        ("concat", _) if lists(args).is_some() => {
            Val::List(lists(args)?.into_iter().flatten().cloned().collect())
        }
        ("merge", _) => return merged(args),
        ("lookup", Some(Val::Map(map))) => match map.entries.get(args.get(1)?.as_text()?) {
            Some(value) => value.clone(),
            None => args
                .get(2)
                .cloned()
                .unwrap_or_else(|| Val::refused("there is no such key")),
        },
        ("keys", Some(Val::Map(map))) => Val::List(map.entries.keys().map(Val::text).collect()),
        ("values", Some(Val::Map(map))) => Val::List(map.entries.values().cloned().collect()),
        ("flatten", Some(Val::List(items))) => flattened(items, 0)?,
        ("element", Some(Val::List(items))) => {
            let length = f64::from(u32::try_from(items.len()).ok()?);
            let at = number(args.get(1)?).filter(|at| at.fract() == 0.0 && !items.is_empty())?;
            items.get(whole(&Val::Number(at.rem_euclid(length)))?)?.clone()
        }
        ("one", Some(Val::List(items))) => match items.as_slice() {
            [] => Val::Null,
            [one] => one.clone(),
            _ => return None,
        },
        ("tostring", Some(Val::Partial(text, reason))) => Val::Partial(text.clone(), reason.clone()),
        _ => return None,
    })
}

fn tried(args: &[Val]) -> Val {
    for arg in args {
        if !arg.is_refused() {
            return arg.clone();
        }
    }
    Val::refused("nothing that `try` was given has a value")
}

/// `"true"` is as true as `true`.
fn truth(value: &Val) -> Val {
    match value {
        Val::Text(text) if text == "true" => Val::Bool(true),
        other => other.clone(),
    }
}

/// The first that is something. Where all are nothing Terraform refuses it; a condition of a rule goes on with nothing.
fn coalesce(args: &[Val], loose: bool) -> Val {
    for arg in args {
        match arg {
            Val::Null => {}
            Val::Text(text) if text.is_empty() => {}
            other => return other.clone(),
        }
    }
    if loose {
        Val::Null
    } else {
        Val::refused("nothing that `coalesce` was given is a value")
    }
}

fn encoded(value: &Val) -> Val {
    let text = encoded_text(value);
    match value.doubt() {
        Some(reason) => Val::Partial(text, reason.clone()),
        None => Val::Text(text),
    }
}

/// JSON as Terraform writes it, which escapes what HTML would mistake.
fn encoded_text(value: &Val) -> String {
    let mut text = value.to_json().to_string();
    for (sign, escaped) in [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ] {
        if text.contains(sign) {
            text = text.replace(sign, escaped);
        }
    }
    text
}
