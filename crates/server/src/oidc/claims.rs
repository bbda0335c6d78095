//! What the other server signed about somebody, and whether it is for us, for now, and for the browser that was sent
//! (<https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>).

use super::OidcError;
use super::settings::OidcSettings;
use crate::auth::secret;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Seconds by which the clocks of both servers may differ.
const SKEW: i64 = 60;
/// Seconds after which what was signed is no longer fresh: it comes straight from the other server.
const OLDEST: i64 = 600;
/// Bytes of a subject at most, as the specification has it.
const LONGEST_SUBJECT: usize = 255;
/// Bytes of an address of mail, and of a name, at most.
const LONGEST_TEXT: usize = 200;
/// Groups of somebody at most.
const MOST_GROUPS: usize = 2_000;

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// `issuer subject`.
    pub(crate) federated: String,
    /// Their address of mail in lower case, where the other server says that it is theirs.
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Signed {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
}

/// What was signed, where it holds.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) subject: String,
    all: Map<String, Value>,
}

impl Claims {
    /// Reads what was signed; `now` is in seconds since 1970.
    pub(super) fn read(
        body: &[u8],
        settings: &OidcSettings,
        nonce: &str,
        now: i64,
    ) -> Result<Self, OidcError> {
        let signed: Signed = serde_json::from_slice(body)
            .map_err(|_| OidcError::Claim("a claim that it must have is missing or odd"))?;
        check(&signed, settings, nonce, now).map_err(OidcError::Claim)?;
        let all = serde_json::from_slice(body).map_err(|_| OidcError::Claim("it is no object"))?;
        Ok(Self {
            subject: signed.sub,
            all,
        })
    }

    /// Who it is, by what was signed and by what the other server says besides, which is about the same person.
    pub(super) fn identity(self, settings: &OidcSettings, besides: &Map<String, Value>) -> Identity {
        // Never the address from one place and from another that it is verified.
        let mail = if self.all.contains_key("email") {
            &self.all
        } else {
            besides
        };
        let named = |all: &Map<String, Value>| {
            ["name", "preferred_username"]
                .into_iter()
                .find_map(|field| all.get(field)?.as_str().and_then(line))
        };
        let groups = at(&self.all, &settings.groups_claim).or_else(|| at(besides, &settings.groups_claim));
        Identity {
            federated: format!("{} {}", settings.issuer, self.subject),
            email: verified(mail),
            name: named(&self.all).or_else(|| named(besides)),
            groups: groups.map(words).unwrap_or_default(),
        }
    }
}

fn check(signed: &Signed, settings: &OidcSettings, nonce: &str, now: i64) -> Result<(), &'static str> {
    let own = settings.client_id.as_str();
    if signed.iss != settings.issuer {
        return Err("it is from another issuer");
    }
    let audience = match &signed.aud {
        Audience::One(one) => std::slice::from_ref(one),
        Audience::Several(all) => all.as_slice(),
    };
    if !audience.iter().any(|one| one == own) {
        return Err("it is for somebody else");
    }
    if audience.len() > 1 && signed.azp.is_none() {
        return Err("it is for several, and does not say who asked");
    }
    if signed.azp.as_deref().is_some_and(|azp| azp != own) {
        return Err("somebody else asked for it");
    }
    if signed.exp.saturating_add(SKEW) <= now {
        return Err("it has expired");
    }
    if signed.iat.saturating_sub(SKEW) > now || signed.nbf.is_some_and(|nbf| nbf.saturating_sub(SKEW) > now) {
        return Err("it is from the future");
    }
    if signed.iat.saturating_add(OLDEST + SKEW) < now {
        return Err("it was signed long ago");
    }
    let is_asked = signed
        .nonce
        .as_deref()
        .is_some_and(|said| secret::is_same(said.as_bytes(), nonce.as_bytes()));
    if !is_asked {
        return Err("it is for another sign-in");
    }
    let is_subject = !signed.sub.is_empty()
        && signed.sub.len() <= LONGEST_SUBJECT
        && signed.sub.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_subject {
        Ok(())
    } else {
        Err("its subject is none")
    }
}

/// The address of mail that the other server says is theirs. ASCII alone: letters that look or fold alike are other people.
fn verified(claims: &Map<String, Value>) -> Option<String> {
    if claims.get("email_verified") != Some(&Value::Bool(true)) {
        return None;
    }
    let email = claims.get("email")?.as_str()?;
    let (name, domain) = email.split_once('@')?;
    let is_one = email.len() <= LONGEST_TEXT
        && !name.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && email.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then(|| email.to_ascii_lowercase())
}

fn line(text: &str) -> Option<String> {
    let text = text.trim();
    let is_one = !text.is_empty() && text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    is_one.then(|| text.to_owned())
}

/// The claim of this name; where there is none, the one that the name leads to from dot to dot.
fn at<'v>(claims: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    claims.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        at(claims.get(first)?.as_object()?, rest)
    })
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .take(MOST_GROUPS)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn settings() -> OidcSettings {
        OidcSettings::read(
            "issuer = 'https://id'\nclient-id = 'b'\npublic-url = 'https://b'\ngroups-claim = 'realm.roles'",
        )
        .unwrap()
    }

    fn read(change: &Value) -> Result<Claims, OidcError> {
        let mut claims = json!({
            "iss": "https://id", "sub": "s", "aud": "b", "exp": NOW + 300, "iat": NOW, "nonce": "n",
        });
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        Claims::read(claims.to_string().as_bytes(), &settings(), "n", NOW)
    }

    #[test]
    fn what_was_signed_holds_for_us_now_and_for_this_browser_only() {
        for change in [
            json!({}),
            json!({ "aud": ["b"] }),
            json!({ "aud": ["b", "c"], "azp": "b" }),
            json!({ "exp": NOW - 59 }),
            json!({ "iat": NOW + 59, "nbf": NOW + 59 }),
            json!({ "iat": NOW - 659 }),
        ] {
            assert!(read(&change).is_ok(), "{change}");
        }
        for change in [
            json!({ "iss": "https://id/" }),
            json!({ "iss": null }),
            json!({ "aud": "c" }),
            json!({ "aud": [] }),
            json!({ "aud": ["b", "c"] }),
            json!({ "azp": "c" }),
            json!({ "exp": NOW - 60 }),
            json!({ "exp": null }),
            json!({ "exp": (NOW + 300).to_string() }),
            json!({ "iat": NOW + 61 }),
            json!({ "nbf": NOW + 61 }),
            json!({ "nbf": "0" }),
            json!({ "iat": NOW - 661 }),
            json!({ "iat": null }),
            json!({ "nonce": "m" }),
            json!({ "nonce": null }),
            json!({ "sub": "" }),
            json!({ "sub": "a\nb" }),
            json!({ "sub": "a".repeat(256) }),
        ] {
            assert!(matches!(read(&change), Err(OidcError::Claim(_))), "{change}");
        }
    }

    #[test]
    fn a_claim_that_is_said_twice_is_refused() {
        let text = format!(
            "{{\"iss\":\"https://id\",\"sub\":\"a\",\"sub\":\"b\",\"aud\":\"b\",\"exp\":{},\"iat\":{NOW},\"nonce\":\"n\"}}",
            NOW + 300
        );
        assert!(Claims::read(text.as_bytes(), &settings(), "n", NOW).is_err());
    }

    #[test]
    fn an_address_of_mail_counts_where_the_one_who_says_it_says_that_it_is_theirs() {
        let email = |signed: Value, besides: Value| {
            let claims = read(&signed).unwrap();
            claims.identity(&settings(), besides.as_object().unwrap()).email
        };
        let said = json!({ "email": "A@Example.com", "email_verified": true });
        assert_eq!(email(said.clone(), json!({})).as_deref(), Some("a@example.com"));
        assert_eq!(email(json!({}), said.clone()).as_deref(), Some("a@example.com"));
        assert_eq!(
            email(
                json!({ "email": "x@example.com" }),
                json!({ "email_verified": true })
            ),
            None
        );
        assert_eq!(email(json!({ "email": "x@example.com" }), said), None);
        for odd in ["a", "@b", "a@", "a@b@c", "a b@c", "\u{212a}@example.com", "a@b\n"] {
            assert_eq!(
                email(json!({ "email": odd, "email_verified": true }), json!({})),
                None,
                "{odd}"
            );
        }
        for verified in [json!(false), json!("true"), json!(1), json!(null)] {
            let besides = json!({ "email": "a@b.c", "email_verified": verified });
            assert_eq!(email(json!({}), besides), None);
        }
    }

    #[test]
    fn groups_are_one_word_or_several_where_the_settings_say() {
        let groups = |signed: Value| read(&signed).unwrap().identity(&settings(), &Map::new()).groups;
        assert_eq!(groups(json!({ "realm": { "roles": ["a", 7, "b"] } })), ["a", "b"]);
        assert_eq!(groups(json!({ "realm.roles": "a" })), ["a"]);
        assert!(groups(json!({ "realm": "a", "groups": ["a"] })).is_empty());
    }
}
