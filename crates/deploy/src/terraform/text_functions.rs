//! Functions of Terraform over text: strings, encodings, conversions and addresses of networks.

use super::functions::{number, whole};
use super::value::{Reason, Val};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest text that is made.
const LONGEST: usize = 1 << 20;
/// Longest regular expression that is understood, in bytes.
const LONGEST_PATTERN: usize = 1024;
/// Most matches of one.
const MOST_MATCHES: usize = 1024;

/// The value of a call whose arguments are known; none where there is no such function or it takes no such values.
pub(crate) fn call(name: &str, args: &[Val]) -> Option<Val> {
    conversion(name, args)
        .or_else(|| string(name, args))
        .or_else(|| matching(name, args))
        .or_else(|| network(name, args))
}

fn conversion(name: &str, args: &[Val]) -> Option<Val> {
    let known = Reason {
        text: "".into(),
        refused: false,
    };
    Some(match (name, args) {
        ("tostring", [Val::Null]) | ("tonumber", [Val::Null]) | ("tobool", [Val::Null]) => Val::Null,
        ("tostring", [value]) => Val::Text(value.written()?),
        ("tonumber", [value]) => Val::Number(number(value)?),
        ("tobool", [Val::Bool(value)]) => Val::Bool(*value),
        ("tobool", [Val::Text(text)]) => Val::Bool(text.parse().ok()?),
        ("jsondecode", [Val::Text(text)]) => Val::from_json(&serde_json::from_str(text).ok()?, &known),
        ("base64encode", [Val::Text(text)]) => Val::Text(base64(text.as_bytes())),
        ("base64decode", [Val::Text(text)]) => Val::Text(String::from_utf8(unbase64(text)?).ok()?),
        ("yamldecode", [Val::Text(text)]) => {
            let mut stream = bartizan_document::read(
                text,
                bartizan_document::Dialect::Core,
                bartizan_document::Limits::default(),
            );
            if !stream.errors.is_empty() || stream.documents.len() != 1 {
                return None;
            }
            Val::from_json(&stream.documents.pop()?.root.to_json(), &known)
        }
        ("urlencode", [Val::Text(text)]) => {
            let mut out = String::new();
            for byte in text.bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        out.push(char::from(byte))
                    }
                    b' ' => out.push('+'),
                    other => out.push_str(&format!("%{other:02X}")),
                }
            }
            Val::Text(out)
        }
        _ => return None,
    })
}

/// Functions of regular expressions. The syntax is that of RE2, which the engine here shares; what it does not take is not known.
fn matching(name: &str, args: &[Val]) -> Option<Val> {
    let ("regex" | "regexall", [Val::Text(pattern), Val::Text(text)]) = (name, args) else {
        return None;
    };
    // The engine sees bytes: of other texts it might take a letter apart.
    if pattern.len() > LONGEST_PATTERN || !pattern.is_ascii() || !text.is_ascii() {
        return Some(Val::unknown("a regular expression is not followed"));
    }
    let Ok(regex) = bartizan_content::load::compile_for_short_texts(pattern) else {
        return Some(Val::unknown("a regular expression is not understood"));
    };
    let mut all = Vec::new();
    for captures in regex.captures_iter(text.as_str()) {
        if all.len() >= MOST_MATCHES {
            return Some(Val::unknown(format!(
                "a regular expression matches more than {MOST_MATCHES} times"
            )));
        }
        let group = |at: usize| {
            captures
                .get_group(at)
                .and_then(|span| text.get(span.start..span.end))
        };
        let value = |at: usize| group(at).map_or(Val::Null, Val::text);
        let pattern = captures.pattern()?;
        let names: Vec<Option<&str>> = captures.group_info().pattern_names(pattern).collect();
        // Groups with names make a map, groups without a list, and none the text.
        all.push(if names.len() <= 1 {
            value(0)
        } else if names.iter().any(Option::is_some) {
            let named = names.iter().enumerate();
            Val::map(named.filter_map(|(at, name)| Some(((*name)?.to_owned(), value(at)))))
        } else {
            Val::List((1..names.len()).map(value).collect())
        });
        if name == "regex" {
            break;
        }
    }
    match name {
        "regexall" => Some(Val::List(all)),
        _ => Some(
            all.pop()
                .unwrap_or_else(|| Val::refused("the regular expression matches nothing")),
        ),
    }
}

fn string(name: &str, args: &[Val]) -> Option<Val> {
    Some(match (name, args) {
        ("lower", [Val::Text(text)]) => Val::Text(text.to_lowercase()),
        ("upper", [Val::Text(text)]) => Val::Text(text.to_uppercase()),
        ("title", [Val::Text(text)]) => {
            let mut start = true;
            let titled = text.chars().map(|one| {
                let up = start;
                start = one.is_whitespace();
                if up { one.to_ascii_uppercase() } else { one }
            });
            Val::Text(titled.collect())
        }
        ("trimspace", [Val::Text(text)]) => Val::text(text.trim()),
        ("chomp", [Val::Text(text)]) => Val::text(text.trim_end_matches(['\r', '\n'])),
        ("trim", [Val::Text(text), Val::Text(set)]) => Val::text(text.trim_matches(|one| set.contains(one))),
        ("trimprefix", [Val::Text(text), Val::Text(head)]) => {
            Val::text(text.strip_prefix(head.as_str()).unwrap_or(text))
        }
        ("trimsuffix", [Val::Text(text), Val::Text(tail)]) => {
            Val::text(text.strip_suffix(tail.as_str()).unwrap_or(text))
        }
        ("startswith", [Val::Text(text), Val::Text(head)]) => Val::Bool(text.starts_with(head.as_str())),
        ("endswith", [Val::Text(text), Val::Text(tail)]) => Val::Bool(text.ends_with(tail.as_str())),
        ("strcontains", [Val::Text(text), Val::Text(part)]) => Val::Bool(text.contains(part.as_str())),
        ("strrev", [Val::Text(text)]) => Val::Text(text.chars().rev().collect()),
        ("replace", [Val::Text(text), Val::Text(from), Val::Text(to)]) => {
            // A pattern between slashes is a regular expression of another dialect.
            if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
                return Some(Val::unknown(
                    "`replace()` with a regular expression is not evaluated",
                ));
            }
            bounded(text.replace(from.as_str(), to), text.len() * (to.len() + 1))
        }
        ("join", [Val::Text(by), lists @ ..]) => {
            let mut parts = Vec::new();
            for list in lists {
                let Val::List(items) = list else { return None };
                for item in items {
                    parts.push(item.written()?);
                }
            }
            let length: usize = parts.iter().map(|part| part.len() + by.len()).sum();
            if length > LONGEST {
                return Some(Val::unknown("a text is too long to be followed"));
            }
            Val::Text(parts.join(by))
        }
        ("split", [Val::Text(by), Val::Text(text)]) if by.is_empty() => {
            Val::List(text.chars().map(|one| Val::text(one.to_string())).collect())
        }
        ("split", [Val::Text(by), Val::Text(text)]) => {
            Val::List(text.split(by.as_str()).map(Val::text).collect())
        }
        ("substr", [Val::Text(text), from, length]) => {
            let rest = text.chars().skip(whole(from)?);
            match whole(length) {
                Some(length) => Val::Text(rest.take(length).collect()),
                None => Val::Text(rest.collect()),
            }
        }
        ("indent", [spaces, Val::Text(text)]) => {
            let spaces = whole(spaces).filter(|spaces| *spaces < 256)?;
            let margin = format!("\n{}", " ".repeat(spaces));
            bounded(text.replace('\n', &margin), text.len() * (spaces + 2))
        }
        ("format", [Val::Text(form), rest @ ..]) => Val::Text(formatted(form, rest)?),
        ("formatlist", [Val::Text(form), Val::List(items)]) => {
            let all = items
                .iter()
                .map(|item| formatted(form, std::slice::from_ref(item)).map(Val::Text));
            Val::List(all.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn bounded(text: String, length: usize) -> Val {
    if length.min(text.len()) > LONGEST {
        return Val::unknown("a text is too long to be followed");
    }
    Val::Text(text)
}

/// `%s`, `%d`, `%v`, `%q` and `%%` without flags, and `%0Nd`; anything else is none.
fn formatted(form: &str, args: &[Val]) -> Option<String> {
    let mut out = String::new();
    let mut args = args.iter();
    let mut rest = form.chars();
    while let Some(one) = rest.next() {
        if one != '%' {
            out.push(one);
            continue;
        }
        let mut width = String::new();
        let verb = loop {
            let next = rest.next()?;
            if !next.is_ascii_digit() || width.len() > 2 {
                break next;
            }
            width.push(next);
        };
        match verb {
            '%' => out.push('%'),
            's' | 'v' if width.is_empty() => out.push_str(&args.next()?.written()?),
            'q' if width.is_empty() => out.push_str(&format!("{:?}", args.next()?.written()?)),
            'd' => {
                let digits = number(args.next()?)?.trunc().to_string();
                let columns = width.parse().unwrap_or(0_usize);
                let pad = if width.starts_with('0') { "0" } else { " " };
                out.push_str(&pad.repeat(columns.saturating_sub(digits.len())));
                out.push_str(&digits);
            }
            _ => return None,
        }
    }
    Some(out)
}

/// An address and how many of its bits name the network.
pub(crate) fn cidr(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.trim().split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then_some((address, length))
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

fn address(bits: u128, width: u32) -> Option<IpAddr> {
    Some(if width == 32 {
        IpAddr::V4(Ipv4Addr::from(u32::try_from(bits).ok()?))
    } else {
        IpAddr::V6(Ipv6Addr::from(bits))
    })
}

fn network(name: &str, args: &[Val]) -> Option<Val> {
    let [Val::Text(prefix), rest @ ..] = args else {
        return None;
    };
    let (base, length) = match name {
        "cidrsubnet" | "cidrhost" | "cidrnetmask" => cidr(prefix)?,
        _ => return None,
    };
    let (base, width) = bits(base);
    let host = width - length;
    let mask = u128::MAX.checked_shl(host).unwrap_or(0);
    let whole_mask = if width == 32 {
        u128::from(u32::MAX)
    } else {
        u128::MAX
    };
    let network = base & mask & whole_mask;
    Some(match (name, rest) {
        ("cidrsubnet", [more, at]) => {
            let more = u32::try_from(whole(more)?).ok()?;
            let at = u128::try_from(whole(at)?).ok()?;
            let left = host.checked_sub(more)?;
            if at >= 1_u128.checked_shl(more).unwrap_or(u128::MAX) {
                return None;
            }
            let subnet = network | at.checked_shl(left).unwrap_or(0);
            Val::Text(format!("{}/{}", address(subnet, width)?, length + more))
        }
        ("cidrhost", [at]) => {
            let at = u128::try_from(whole(at)?).ok()?;
            if at >= 1_u128.checked_shl(host).unwrap_or(u128::MAX) {
                return None;
            }
            Val::text(address(network | at, width)?.to_string())
        }
        ("cidrnetmask", []) if width == 32 => Val::text(address(mask & whole_mask, width)?.to_string()),
        _ => return None,
    })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_usize, |word, at| {
            (word << 8) | usize::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let letter = ALPHABET
                .get((word >> (18 - 6 * at)) & 63)
                .copied()
                .unwrap_or(b'=');
            out.push(if at > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut word, mut filled) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|one| *one == byte)?;
        word = (word << 6) | u32::try_from(digit).ok()?;
        filled += 6;
        if filled >= 8 {
            filled -= 8;
            out.push(u8::try_from((word >> filled) & 255).ok()?);
            word &= (1 << filled) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, args: &[Val]) -> String {
        call(name, args).unwrap().written().unwrap()
    }

    #[test]
    fn base64_is_what_it_was_made_of() {
        for plain in ["", "a", "ab", "abc", "a longer text, with: signs"] {
            let coded = text("base64encode", &[Val::text(plain)]);
            assert_eq!(text("base64decode", &[Val::text(coded)]), plain);
        }
        assert_eq!(text("base64encode", &[Val::text("ab")]), "YWI=");
    }

    #[test]
    fn subnets_are_cut_as_terraform_cuts_them() {
        let subnet = |prefix: &str, more: f64, at: f64| {
            text(
                "cidrsubnet",
                &[Val::text(prefix), Val::Number(more), Val::Number(at)],
            )
        };
        assert_eq!(subnet("172.16.0.0/12", 4.0, 2.0), "172.18.0.0/16");
        assert_eq!(subnet("10.1.2.0/24", 4.0, 15.0), "10.1.2.240/28");
        assert_eq!(
            subnet("fd00:fd12:3456:7890::/56", 16.0, 162.0),
            "fd00:fd12:3456:7800:a200::/72"
        );
        assert!(
            call(
                "cidrsubnet",
                &[Val::text("10.0.0.0/30"), Val::Number(4.0), Val::Number(0.0)]
            )
            .is_none()
        );
        assert!(
            call(
                "cidrsubnet",
                &[Val::text("0.0.0.0/0"), Val::Number(1.0), Val::Number(2.0)]
            )
            .is_none()
        );
    }

    #[test]
    fn formats_fill_in_their_values() {
        let args = [Val::text("web"), Val::Number(7.0)];
        assert_eq!(
            text("format", &[&[Val::text("%s-%03d%%")], args.as_slice()].concat()),
            "web-007%"
        );
        assert!(call("format", &[Val::text("%s")]).is_none());
    }
}
