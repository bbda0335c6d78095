//! What a script fetches and runs, and what it fetches without proof of where it comes from.
//!
//! In: pipelines of a script. Out: places, with what stands there. Manuals of the programs: <https://curl.se/docs/manpage.html>,
//! <https://www.gnu.org/software/wget/manual/wget.html>, <https://manpages.debian.org/apt-get>, <https://dnf.readthedocs.io>.

use super::{Command, Pipeline, Word, base, every};
use crate::Span;

const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "fish"];
const INTERPRETERS: [&str; 8] = [
    "python", "python2", "python3", "perl", "ruby", "node", "php", "pwsh",
];
/// Programs that compare what was fetched with a digest or a signature.
const VERIFIERS: [&str; 10] = [
    "sha256sum",
    "sha512sum",
    "sha1sum",
    "md5sum",
    "shasum",
    "gpg",
    "gpgv",
    "cosign",
    "minisign",
    "sha384sum",
];

/// Something that is fetched and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its address as it is written, where the command names one.
    pub url: String,
    /// From the command that fetches to the one that runs.
    pub span: Span,
}

/// What is fetched and run without having been compared with anything.
#[must_use]
pub fn run_unseen(pipelines: &[Pipeline]) -> Vec<Fetched> {
    let all = every(pipelines);
    let mut found = Vec::new();
    for pipeline in &all {
        found.extend(piped(pipeline));
        found.extend(pipeline.commands.iter().filter_map(substituted));
    }
    let is_verified = all
        .iter()
        .flat_map(|one| &one.commands)
        .any(|command| VERIFIERS.contains(&command.program()));
    if !is_verified {
        found.extend(kept_and_run(&all));
    }
    found.sort_by_key(|one| one.span);
    found.dedup_by_key(|one| one.span);
    found
}

/// `curl … | sh`.
fn piped(pipeline: &Pipeline) -> Option<Fetched> {
    let mut fetching: Option<(&Command, String)> = None;
    for command in &pipeline.commands {
        if let Some(url) = fetches(command) {
            fetching = Some((command, url));
        } else if VERIFIERS.contains(&command.program()) {
            fetching = None;
        } else if reads_program(command) {
            return fetching.map(|(from, url)| Fetched {
                url,
                span: Span {
                    start: from.span().start,
                    end: command.span().end,
                },
            });
        }
    }
    None
}

/// Whether a command runs what it is given as input.
fn reads_program(command: &Command) -> bool {
    let words = command.run();
    let arguments = words.get(1..).unwrap_or_default();
    let program = command.program();
    if SHELLS.contains(&program) {
        let first = arguments.iter().find(|word| !word.text.starts_with('-'));
        let is_input = arguments
            .iter()
            .any(|word| word.text == "-s" || word.text == "-" || word.text == "--");
        return !arguments.iter().any(|word| word.text == "-c")
            && (first.is_none() || is_input || first.is_some_and(|word| word.text == "/dev/stdin"));
    }
    INTERPRETERS.contains(&program) && arguments.first().is_none_or(|word| word.text == "-")
}

/// `sh -c "$(curl …)"`, `bash <(curl …)`, `eval`, `source`.
fn substituted(command: &Command) -> Option<Fetched> {
    let program = command.program();
    let runs = SHELLS.contains(&program)
        || INTERPRETERS.contains(&program)
        || matches!(program, "eval" | "source" | ".");
    if !runs {
        return None;
    }
    let words = command.run().iter().skip(1);
    let inner = words.flat_map(|word| every(&word.inner));
    let mut fetching = inner.flat_map(|one| &one.commands).filter_map(fetches);
    fetching.next().map(|url| Fetched {
        url,
        span: command.span(),
    })
}

/// `curl -o x … && sh x`.
fn kept_and_run(all: &[&Pipeline]) -> Vec<Fetched> {
    let mut kept: Vec<(&str, &Command, String)> = Vec::new();
    let mut found = Vec::new();
    for command in all.iter().flat_map(|one| &one.commands) {
        if let Some(url) = fetches(command) {
            if let Some(file) = output(command, &url) {
                kept.push((file, command, url));
            }
            continue;
        }
        let words = command.run();
        let program = command.program();
        let runs_argument =
            SHELLS.contains(&program) || INTERPRETERS.contains(&program) || matches!(program, "source" | ".");
        let run = if runs_argument {
            words.iter().skip(1).find(|word| !word.text.starts_with('-'))
        } else {
            words.first().filter(|word| word.text.contains('/'))
        };
        let Some(run) = run else { continue };
        let same = |file: &str| file.trim_start_matches("./") == run.text.trim_start_matches("./");
        if let Some((_, from, url)) = kept.iter().find(|(file, ..)| same(file)) {
            found.push(Fetched {
                url: url.clone(),
                span: Span {
                    start: from.span().start,
                    end: command.span().end.max(from.span().end),
                },
            });
        }
    }
    found
}

/// The file that a fetching command writes; a name that is taken of the address where it is asked for.
fn output<'c>(command: &'c Command, url: &str) -> Option<&'c str> {
    let words = command.run();
    let redirect = command.redirects.iter().find(|one| &*one.operator == ">");
    if let Some(redirect) = redirect {
        return Some(&redirect.target.text);
    }
    for pair in words.windows(2) {
        let [option, file] = pair else { continue };
        let takes = match command.program() {
            "curl" => option.text == "--output" || (is_cluster(&option.text) && option.text.ends_with('o')),
            "wget" => {
                option.text == "--output-document" || (is_cluster(&option.text) && option.text.ends_with('O'))
            }
            _ => false,
        };
        if takes && file.text != "-" {
            return Some(&file.text);
        }
    }
    let by_name = match command.program() {
        "wget" => true,
        "curl" => words
            .iter()
            .any(|word| word.text == "--remote-name" || (is_cluster(&word.text) && word.text.contains('O'))),
        _ => false,
    };
    let word = words.iter().find(|word| word.text == url)?;
    by_name.then(|| base(&word.text))
}

/// Short options written as one word.
fn is_cluster(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-') && !word.starts_with("--")
}

/// The address that a command fetches, as it is written; none for a command that fetches nothing.
#[must_use]
pub fn fetches(command: &Command) -> Option<String> {
    if !matches!(command.program(), "curl" | "wget" | "fetch" | "aria2c") {
        return None;
    }
    let words = command.run().iter().skip(1);
    let url = words
        .clone()
        .find(|word| word.text.contains("://"))
        .or_else(|| words.clone().rfind(|word| !word.text.starts_with('-')));
    url.map(|word| word.text.clone())
}

/// Something that turns the proof of origin off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// What is written.
    pub option: String,
    /// What follows from it.
    pub effect: &'static str,
    /// Where.
    pub span: Span,
}

const NO_CERTIFICATE: &str = "whoever is between can answer in the server's name";
const NO_SIGNATURE: &str = "a package that nobody signed is installed like any other";

/// What a script fetches without proof of where it comes from.
#[must_use]
pub fn unproven(pipelines: &[Pipeline]) -> Vec<Unproven> {
    let mut found = Vec::new();
    for command in every(pipelines).into_iter().flat_map(|one| &one.commands) {
        let (assignments, _) = command.split();
        for word in assignments
            .iter()
            .chain(command.words.iter().filter(|_| command.program() == "export"))
        {
            if let Some(effect) = assignment(&word.text) {
                found.push(at(word, effect));
            }
        }
        for (number, word) in command.words.iter().enumerate() {
            let next = command
                .words
                .get(number + 1)
                .map_or("", |word| word.text.as_str());
            if let Some(effect) = option(command.program(), &word.text, next) {
                found.push(at(word, effect));
            }
        }
    }
    found
}

fn at(word: &Word, effect: &'static str) -> Unproven {
    Unproven {
        option: word.text.chars().take(80).collect(),
        effect,
        span: word.span,
    }
}

/// What a variable turns off.
#[must_use]
pub fn assignment(text: &str) -> Option<&'static str> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim_matches(['"', '\'']);
    let is_off = matches!(
        (name, value),
        ("NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY", "0")
    ) || name == "GIT_SSL_NO_VERIFY" && !matches!(value, "" | "0" | "false");
    is_off.then_some(NO_CERTIFICATE)
}

fn option(program: &str, word: &str, next: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let off = |name: &str| {
        lower.contains(name)
            && ["=0", "=false", "=no", "=none"]
                .iter()
                .any(|one| lower.contains(one))
    };
    match program {
        "curl" if word == "--insecure" || (is_cluster(word) && short_k(word)) => Some(NO_CERTIFICATE),
        "wget" if word == "--no-check-certificate" => Some(NO_CERTIFICATE),
        "git"
            if lower.replace(' ', "") == "http.sslverify=false"
                || (lower == "http.sslverify" && next == "false") =>
        {
            Some(NO_CERTIFICATE)
        }
        "apt" | "apt-get" | "aptitude" => {
            let allows = matches!(
                word,
                "--allow-unauthenticated" | "--force-yes" | "--allow-insecure-repositories"
            ) || ((lower.contains("allowunauthenticated")
                || lower.contains("allowinsecurerepositories"))
                && ["=true", "=1", "=yes"].iter().any(|one| lower.contains(one)));
            if off("verify-peer") {
                return Some(NO_CERTIFICATE);
            }
            allows.then_some(NO_SIGNATURE)
        }
        "apk" if word == "--allow-untrusted" => Some(NO_SIGNATURE),
        "yum" | "dnf" | "microdnf" | "tdnf" | "dnf5"
            if word == "--nogpgcheck" || word == "--no-gpgchecks" || off("gpgcheck") =>
        {
            Some(NO_SIGNATURE)
        }
        "zypper" if word == "--no-gpg-checks" || word == "--no-gpg-check" => Some(NO_SIGNATURE),
        "rpm" if matches!(word, "--nosignature" | "--nodigest" | "--noverify") => Some(NO_SIGNATURE),
        "pacman" if lower.contains("siglevel=never") => Some(NO_SIGNATURE),
        "conda" | "mamba" if lower == "ssl_verify" && next.eq_ignore_ascii_case("false") => {
            Some(NO_CERTIFICATE)
        }
        "echo" | "printf" | "sed" | "tee" | "add-apt-repository" => {
            let marks = lower.contains("[trusted=yes]")
                || lower.contains(" trusted=yes")
                || lower.contains("gpgcheck=0");
            marks.then_some(NO_SIGNATURE)
        }
        _ => None,
    }
}

/// Whether short options of curl hold `k`, before one that takes what follows it.
fn short_k(word: &str) -> bool {
    for one in word.chars().skip(1) {
        match one {
            'k' => return true,
            // Those of curl that take a value: what follows is no option.
            'o' | 'H' | 'd' | 'X' | 'u' | 'A' | 'e' | 'F' | 'x' | 'T' | 'b' | 'c' | 'w' | 'm' | 'r' | 'E'
            | 'D' | 'K' | 'U' | 'y' | 'Y' | 'z' | 'C' | 'Q' | 'P' | 't' => return false,
            _ => {}
        }
    }
    false
}

/// Whether a name is one under which secrets are kept.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "SECRET",
        "TOKEN",
        "CREDENTIAL",
        "CREDENTIALS",
        "PWD",
        "PASS",
    ];
    const PAIRS: [(&str, &str); 7] = [
        ("API", "KEY"),
        ("PRIVATE", "KEY"),
        ("ACCESS", "KEY"),
        ("SECRET", "KEY"),
        ("ENCRYPTION", "KEY"),
        ("SIGNING", "KEY"),
        ("AUTH", "KEY"),
    ];
    /// What such names end with where they hold something about a secret, not the secret.
    const ABOUT: [&str; 26] = [
        "FILE",
        "PATH",
        "DIR",
        "NAME",
        "ID",
        "URL",
        "URI",
        "HOST",
        "PORT",
        "USER",
        "TTL",
        "EXPIRY",
        "EXPIRES",
        "LENGTH",
        "SIZE",
        "TYPE",
        "ENDPOINT",
        "HEADER",
        "ALGORITHM",
        "ISSUER",
        "ENABLED",
        "VERSION",
        "LIFETIME",
        "MODE",
        "POLICY",
        "AUDIENCE",
    ];
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper
        .split(['_', '-', '.'])
        .filter(|word| !word.is_empty())
        .collect();
    if words.len() == 1 && matches!(upper.as_str(), "PWD" | "PASS" | "OLDPWD") || words == ["OLD", "PWD"] {
        return false;
    }
    if words.last().is_some_and(|last| ABOUT.contains(last)) {
        return false;
    }
    let pairs = words
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if PAIRS.contains(&(one, other))));
    let one = words.iter().any(|word| {
        WORDS.contains(word)
            || matches!(
                *word,
                "APIKEY" | "PGPASSWORD" | "ACCESSKEY" | "SECRETKEY" | "ROOTPASSWORD" | "MYSQLPASSWORD"
            )
    });
    pairs || one
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn what_is_fetched_and_run_is_found_however_it_is_written() {
        for text in [
            "curl -fsSL https://a/x | sh",
            "wget -qO- https://a/x | sudo -E bash -",
            "curl https://a/x | tee log | bash -s -- -y",
            "sh -c \"$(curl -fsSL https://a/x)\"",
            "bash <(curl https://a/x)",
            "eval `wget -O - https://a/x`",
            "curl https://a/x | python3 -",
            "curl -o /tmp/x.sh https://a/x && chmod +x /tmp/x.sh && /tmp/x.sh",
            "wget https://a/x && sh x",
            "(curl https://a/x) | sh",
            "curl https://a/x > i.sh; bash i.sh",
        ] {
            let found = run_unseen(&read(text));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].url, "https://a/x", "{text}");
        }
    }

    #[test]
    fn what_is_only_read_or_compared_is_not() {
        for text in [
            "curl https://a/x | jq .",
            "curl https://a/x | python3 -m json.tool",
            "curl https://a/x | sh -c 'cat'",
            "curl -o x https://a/x && echo 'aa  x' | sha256sum -c && sh x",
            "curl https://a/x -o data.json",
            "cat x | sh",
            "bash -c 'ls'",
            "curl https://a/x | tar xz",
        ] {
            assert_eq!(run_unseen(&read(text)), [], "{text}");
        }
    }

    #[test]
    fn what_turns_proof_off_is_found_and_its_opposite_is_not() {
        for text in [
            "curl -fsSLk https://a",
            "wget --no-check-certificate https://a",
            "apt-get install -y --allow-unauthenticated x",
            "apt-get -o APT::Get::AllowUnauthenticated=true install x",
            "apk add --allow-untrusted x.apk",
            "yum install --nogpgcheck x",
            "git config --global http.sslVerify false",
            "echo 'deb [trusted=yes] https://a stable main' > /etc/apt/sources.list.d/a.list",
            "GIT_SSL_NO_VERIFY=1 git clone https://a",
            "export NODE_TLS_REJECT_UNAUTHORIZED=0",
        ] {
            assert_eq!(unproven(&read(text)).len(), 1, "{text}");
        }
        for text in [
            "curl -fsSL -o k https://a",
            "curl -oktool https://a",
            "curl -fsSLo k.tar https://a",
            "apt-get install -y x",
            "git config http.sslVerify true",
            "yum install -y x",
            "grep -k x",
        ] {
            assert_eq!(unproven(&read(text)), [], "{text}");
        }
    }

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in [
            "DB_PASSWORD",
            "NPM_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "api_key",
            "PGPASSWORD",
            "SSH_PRIVATE_KEY",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "TOKEN_URL",
            "SECRET_NAME",
            "PWD",
            "KEYBOARD",
            "PUBLIC_KEY",
            "AUTHOR",
            "TOKENIZER",
            "ACCESS_KEY_ID",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
