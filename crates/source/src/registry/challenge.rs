//! What a server wants before it answers: `WWW-Authenticate`.
//!
//! In: the values of that header. Out: schemes with their parameters.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1>, <https://distribution.github.io/distribution/spec/auth/token/>

/// Longest header that is read, in bytes.
const LONGEST: usize = 16 << 10;
/// Parameters of one challenge.
const MOST_PARAMETERS: usize = 32;

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// In lower case: `basic`, `bearer`.
    pub scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Reads the challenges of one header. What is not understood ends the reading: what came before it counts.
    #[must_use]
    pub fn read(header: &str) -> Vec<Self> {
        let mut challenges: Vec<Self> = Vec::new();
        let mut rest = header.get(..LONGEST).unwrap_or(header);
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            let end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
            let (token, after) = rest.split_at(end);
            if token.is_empty() {
                return challenges;
            }
            match (value(after), challenges.last_mut()) {
                (Some((value, after)), Some(challenge)) => {
                    if challenge.parameters.len() < MOST_PARAMETERS {
                        challenge.parameters.push((token.to_ascii_lowercase(), value));
                    }
                    rest = after;
                }
                (Some(_), None) => return challenges,
                (None, _) if after.trim_start_matches([' ', '\t']).starts_with('=') => return challenges,
                (None, _) => {
                    rest = without_token68(after);
                    challenges.push(Self {
                        scheme: token.to_ascii_lowercase(),
                        parameters: Vec::new(),
                    });
                }
            }
        }
    }

    /// A parameter; names are in lower case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The value after a name, and what follows it; none where no `=` follows, or only padding does.
fn value(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches([' ', '\t']).strip_prefix('=')?;
    let text = text.trim_start_matches([' ', '\t']);
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted_value(quoted);
    }
    let end = text.find(|c: char| !is_token(c)).unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    (!value.is_empty()).then(|| (value.to_owned(), rest))
}

fn quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..).unwrap_or_default())),
            '\\' => value.push(characters.next()?.1),
            c => value.push(c),
        }
    }
    None
}

/// Credentials of the form that some schemes write after their name instead of parameters.
fn without_token68(text: &str) -> &str {
    let trimmed = text.trim_start_matches([' ', '\t']);
    let end = trimmed
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/".contains(c)))
        .unwrap_or(trimmed.len());
    let rest = trimmed.get(end..).unwrap_or_default().trim_start_matches('=');
    let is_alone = rest.is_empty() || rest.trim_start_matches([' ', '\t']).starts_with(',');
    if end > 0 && is_alone { rest } else { text }
}

/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bearer_challenge_says_where_to_get_a_token() {
        let header = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        let challenges = Challenge::read(header);
        assert_eq!(challenges.len(), 1);
        assert_eq!(challenges[0].scheme, "bearer");
        assert_eq!(
            challenges[0].parameter("realm"),
            Some("https://auth.docker.io/token")
        );
        assert_eq!(challenges[0].parameter("scope"), Some("repository:a/b:pull,push"));
    }

    #[test]
    fn several_challenges_stand_in_one_header() {
        let header =
            r#"Negotiate, NTLM TlRMTVNTUAAB==, basic Realm = "a \"b\", c", BEARER realm=x , service = y"#;
        let challenges = Challenge::read(header);
        let schemes: Vec<&str> = challenges.iter().map(|one| one.scheme.as_str()).collect();
        assert_eq!(schemes, ["negotiate", "ntlm", "basic", "bearer"]);
        assert_eq!(challenges[2].parameter("realm"), Some(r#"a "b", c"#));
        assert_eq!(challenges[3].parameter("service"), Some("y"));
    }

    #[test]
    fn what_is_not_understood_ends_the_reading() {
        for header in [
            "",
            ",,,",
            "=",
            "Basic realm=\"",
            "Basic realm=\"a\\",
            "Basic \u{e9}",
            "\"x\"",
        ] {
            assert!(Challenge::read(header).len() <= 1, "{header}");
        }
        let many = format!("Basic {}", "a=b,".repeat(10_000));
        assert!(Challenge::read(&many)[0].parameters.len() <= MOST_PARAMETERS);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(value in "[ -~]{0,30}", name in "[a-z]{1,8}") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let challenges = Challenge::read(&format!("Bearer x=1, {name}z=\"{quoted}\""));
            prop_assert_eq!(challenges[0].parameter(&format!("{name}z")), Some(value.as_str()));
        }
    }
}
