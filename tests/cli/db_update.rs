//! `db update` from servers: nginx, as mirrors use it, and a server that misbehaves.

use crate::advisories::{EVIL, KEV, LEFT, zip};
use crate::daemon::{Authority, Nginx};
use crate::sandbox::{Answer, Sandbox};
use crate::server::{Server, answer};
use insta::assert_snapshot;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

const EPSS: &str =
    "#model_version:v1,score_date:2024-05-03T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1000,0.5,0.9\n";

/// A mirror in the layout of the bucket, served by nginx in the clear and over TLS, and a configuration that names it.
struct Mirror {
    sandbox: Sandbox,
    nginx: Nginx,
}

impl Mirror {
    /// `padding` bytes in the archive of npm that nobody reads; `rate` in bytes a second.
    fn start(padding: usize, rate: u32) -> Self {
        let sandbox = Sandbox::new();
        let scratch = sandbox.root().join("nginx");
        std::fs::create_dir(&scratch).unwrap();
        let authority = Authority::make(&scratch);
        put(&sandbox, "osv/ecosystems.txt", b"npm\nPyPI\nGIT\n");
        let padding = "x".repeat(padding);
        put(
            &sandbox,
            "osv/npm/all.zip",
            &zip(&[("GHSA-2222-3333-4444.json", LEFT), ("padding.txt", &padding)]),
        );
        let evil = EVIL.replace("\"npm\"", "\"PyPI\"");
        put(&sandbox, "osv/PyPI/all.zip", &zip(&[("MAL-2024-7.json", &evil)]));
        put(&sandbox, "kev.json", KEV.as_bytes());
        put(&sandbox, "epss.csv", EPSS.as_bytes());
        let nginx = Nginx::start(&sandbox.root().join("mirror"), &scratch, &authority, rate);
        let configuration = format!(
            "[supply]\nosv = 'https://localhost:{0}/osv/'\nkev = 'https://localhost:{0}/kev.json'\n\
             epss = 'https://localhost:{0}/epss.csv'\n[network]\nca-file = 'nginx/ca.pem'\n",
            nginx.https
        );
        std::fs::write(sandbox.root().join("own.toml"), configuration).unwrap();
        Self { sandbox, nginx }
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        self.sandbox
            .run(&[&["db", "--config", "../own.toml"], arguments].concat())
    }

    /// The same with the ports of this run replaced.
    fn shown(&self, answer: &Answer) -> String {
        answer
            .to_string()
            .replace(&self.nginx.https.to_string(), "[HTTPS]")
            .replace(&self.nginx.http.to_string(), "[HTTP]")
    }

    fn spawn(&self) -> Child {
        self.sandbox
            .bartizan(&["db", "--config", "../own.toml", "update"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Waits until so many bytes of an unfinished file have come.
    fn wait_for_part(&self, bytes: u64) {
        for _ in 0..400 {
            if self
                .part()
                .is_some_and(|path| path.metadata().is_ok_and(|about| about.len() >= bytes))
            {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("nothing came");
    }

    fn part(&self) -> Option<PathBuf> {
        let feeds = std::fs::read_dir(self.sandbox.root().join("data/bartizan/advisories/feeds")).ok()?;
        feeds
            .flatten()
            .map(|feed| feed.path().join("all.zip.part"))
            .find(|path| path.metadata().is_ok_and(|about| about.len() > 0))
    }

    /// Requests for archives that nginx has seen, with their statuses.
    fn requests(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.sandbox.root().join("nginx/access.log")).unwrap();
        log.lines()
            .filter(|line| line.contains("all.zip"))
            .filter_map(|line| {
                let path = line.split('"').nth(1)?.split(' ').nth(1)?;
                let status = line.split('"').nth(2)?.trim().split(' ').next()?;
                Some(format!("{path} {status}"))
            })
            .collect()
    }
}

fn put(sandbox: &Sandbox, name: &str, bytes: &[u8]) {
    let path = sandbox.root().join("mirror").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn index(sandbox: &Sandbox) -> Option<Vec<u8>> {
    std::fs::read(sandbox.root().join("data/bartizan/advisories/index")).ok()
}

#[test]
fn an_index_is_made_from_a_mirror_and_only_what_changed_is_fetched_again() {
    let mirror = Mirror::start(0, 0);
    assert_snapshot!("db-update-mirror", mirror.shown(&mirror.run(&["update"])));
    assert_snapshot!("db-status-mirror", mirror.shown(&mirror.run(&["status"])));
    let answer = mirror.run(&["status", "-o", "json"]);
    let status: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(status["sources"][0]["kind"], "osv");
    assert_eq!(status["sources"][0]["files"], 2);
    assert_eq!(
        mirror.requests(),
        ["/osv/PyPI/all.zip 200", "/osv/npm/all.zip 200"]
    );

    let answer = mirror.run(&["update"]);
    assert!(answer.err.contains("0 of 4 files had changed"), "{answer}");
    // A date of nginx's tags is in seconds: another length makes another tag at once.
    put(
        &mirror.sandbox,
        "osv/npm/all.zip",
        &zip(&[("GHSA-2222-3333-4444.json", LEFT), ("a.txt", "longer")]),
    );
    let answer = mirror.run(&["update"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.err.contains("1 of 4 files had changed"), "{answer}");
    assert_eq!(
        mirror.requests()[2..],
        [
            "/osv/PyPI/all.zip 304",
            "/osv/npm/all.zip 304",
            "/osv/PyPI/all.zip 304",
            "/osv/npm/all.zip 200"
        ]
    );
}

#[test]
fn an_update_that_is_killed_keeps_the_old_index_and_goes_on_where_it_was() {
    let mirror = Mirror::start(2_000_000, 600_000);
    let local = mirror.sandbox.root().join("mirror/osv/PyPI");
    let old = mirror
        .sandbox
        .run(&["db", "update", "--from", local.to_str().unwrap()]);
    assert_eq!(old.code, 0, "{old}");
    let old = index(&mirror.sandbox);

    let mut child = mirror.spawn();
    mirror.wait_for_part(300_000);
    child.kill().unwrap();
    child.wait().unwrap();
    let left = mirror.part().unwrap().metadata().unwrap().len();
    assert!((300_000..2_000_000).contains(&left), "{left}");
    assert_eq!(index(&mirror.sandbox), old);

    let mut child = mirror.spawn();
    mirror.wait_for_part(left + 300_000);
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(mirror.part().unwrap().metadata().unwrap().len() >= left + 300_000);
    assert_eq!(index(&mirror.sandbox), old);

    let answer = mirror.run(&["update"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_ne!(index(&mirror.sandbox), old);
    let npm: Vec<String> = mirror
        .requests()
        .into_iter()
        .filter(|line| line.contains("npm"))
        .collect();
    assert_eq!(
        npm,
        [
            "/osv/npm/all.zip 200",
            "/osv/npm/all.zip 206",
            "/osv/npm/all.zip 206"
        ]
    );
}

#[test]
fn a_long_transfer_shows_on_a_terminal_what_comes_and_how_fast() {
    let mirror = Mirror::start(1_500_000, 800_000);
    let update = mirror
        .sandbox
        .bartizan(&["db", "--config", "../own.toml", "update"]);
    let words: Vec<&str> = std::iter::once(update.get_program())
        .chain(update.get_args())
        .map(|word| word.to_str().unwrap())
        .collect();
    let transcript = mirror.sandbox.root().join("transcript");
    let mut script = std::process::Command::new("script");
    script
        .args(["-q", "-e", "-f", "-c", &words.join(" ")])
        .arg(&transcript);
    script
        .env_clear()
        .envs(update.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh")
        .current_dir(mirror.sandbox.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    assert!(script.status().unwrap().success());
    let said = String::from_utf8_lossy(&std::fs::read(&transcript).unwrap()).into_owned();
    assert!(said.contains(" of 1.43 MiB, "), "{said:?}");
    assert!(said.contains("iB/s, npm"), "{said:?}");
    assert!(said.contains("2 records about 2 packages"), "{said:?}");
}

#[test]
fn an_ecosystem_that_cannot_be_had_is_named_and_the_old_index_stays() {
    let mirror = Mirror::start(0, 0);
    assert_eq!(mirror.run(&["update"]).code, 0);
    let old = index(&mirror.sandbox);
    std::fs::remove_file(mirror.sandbox.root().join("mirror/osv/npm/all.zip")).unwrap();
    let answer = mirror.run(&["update"]);
    assert_eq!(answer.code, 4);
    assert_snapshot!("db-update-unavailable", mirror.shown(&answer));
    assert_eq!(index(&mirror.sandbox), old);
    let answer = mirror.run(&["update", "--ecosystem", "pypi"]);
    assert_eq!(answer.code, 0, "{answer}");
    let answer = mirror.run(&["update", "--ecosystem", "pipy"]);
    assert_eq!(answer.code, 3, "{answer}");
    assert!(
        answer.err.contains("no ecosystem `pipy`") && answer.err.contains("PyPI"),
        "{answer}"
    );
    let answer = mirror.run(&["update", "--from", "../mirror/osv", "--ecosystem", "npm"]);
    assert_eq!(answer.code, 2, "{answer}");
}

#[test]
fn a_cut_archive_on_a_mirror_is_refused_and_fetched_anew_once_it_is_mended() {
    let mirror = Mirror::start(0, 0);
    let path = mirror.sandbox.root().join("mirror/osv/npm/all.zip");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let answer = mirror.run(&["update"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.err.contains("/osv/npm/all.zip"), "{answer}");
    assert_eq!(index(&mirror.sandbox), None);
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(mirror.run(&["update"]).code, 0);
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused_until_it_is_named() {
    let mirror = Mirror::start(0, 0);
    let from = format!("https://localhost:{}/osv/", mirror.nginx.https);
    let answer = mirror.sandbox.run(&["db", "update", "--from", &from]);
    assert_eq!(answer.code, 4);
    assert!(answer.err.contains("certificate that is not trusted"), "{answer}");
    assert!(answer.err.contains("--ca-file"), "{answer}");
    let answer = mirror
        .sandbox
        .run(&["db", "update", "--from", &from, "--ca-file", "../nginx/ca.pem"]);
    assert_eq!(answer.code, 0, "{answer}");
    let mut command = mirror.sandbox.bartizan(&["db", "update", "--from", &from]);
    command.env("SSL_CERT_FILE", mirror.sandbox.root().join("nginx/ca.pem"));
    assert_eq!(mirror.sandbox.answer(command.output().unwrap()).code, 0);
}

#[test]
fn what_a_server_refuses_is_told_with_the_way_out() {
    let update = |status: &'static str, headers: &'static [(&'static str, &'static str)]| {
        let server = Server::start(move |_, _| answer(status, headers, b"<html>no</html>"));
        let sandbox = Sandbox::new();
        let from = server.url("/osv/").replace("http://", "http://us:pass-word@");
        let answer = sandbox.run(&["db", "update", "--from", &from]);
        assert!(!answer.to_string().contains("pass-word"), "{answer}");
        assert!(answer.err.contains("the old index was kept"), "{answer}");
        (answer.code, answer.err, server.asked().len())
    };
    let (code, said, asked) = update("401 Unauthorized", &[]);
    assert_eq!((code, asked), (4, 1));
    assert!(said.contains("answered 401 (credentials needed)"), "{said}");
    let (code, said, asked) = update("503 Busy", &[("Retry-After", "0")]);
    assert_eq!((code, asked), (4, 5));
    assert!(
        said.contains("answered 503 (not available) (asked 5 times)"),
        "{said}"
    );
    assert!(
        said.contains("note: ") && said.contains("asking again in 0.0 s"),
        "{said}"
    );
    let (code, said, asked) = update("429 Slow down", &[("Retry-After", "900")]);
    assert_eq!((code, asked), (4, 1));
    assert!(said.contains("left alone for 900 seconds"), "{said}");
}

#[test]
fn a_page_of_a_proxy_is_no_archive_and_no_catalogue() {
    let server = Server::start(|asked, _| match asked.target() {
        "/osv/ecosystems.txt" => answer("200 OK", &[], b"npm\n"),
        "/good/npm/all.zip" => answer("200 OK", &[], &zip(&[("GHSA-2222-3333-4444.json", LEFT)])),
        "/good/ecosystems.txt" => answer("404 Not Found", &[], b""),
        _ => answer("200 OK", &[("ETag", "\"page\"")], b"<html>please log in</html>"),
    });
    let sandbox = Sandbox::new();
    for (arguments, named) in [
        (vec!["--from", "/osv/"], "/osv/npm/all.zip"),
        (
            vec!["--from", "/good/", "--ecosystem", "npm", "--kev", "/kev"],
            "/kev",
        ),
        (
            vec!["--from", "/good/", "--ecosystem", "npm", "--epss", "/epss.csv"],
            "/epss.csv",
        ),
    ] {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|text| {
                if text.starts_with('/') {
                    server.url(text)
                } else {
                    (*text).to_owned()
                }
            })
            .collect();
        let mut all = vec!["db", "update"];
        all.extend(arguments.iter().map(String::as_str));
        let answer = sandbox.run(&all);
        assert_eq!(answer.code, 4, "{answer}");
        assert!(
            answer.err.contains(&format!("{named}` is not what it should be")),
            "{answer}"
        );
        assert_eq!(index(&sandbox), None);
    }
    let from = server.url("/good/");
    let answer = sandbox.run(&["db", "update", "--from", &from]);
    assert!(answer.code == 4 && answer.err.contains("--ecosystem"), "{answer}");
    assert_eq!(
        sandbox
            .run(&["db", "update", "--from", &from, "--ecosystem", "npm"])
            .code,
        0
    );
}

#[test]
fn offline_asks_nobody_and_files_do_all_the_same() {
    let server = Server::start(|_, _| answer("200 OK", &[], b""));
    let sandbox = Sandbox::new();
    let from = server.url("/osv/");
    for arguments in [
        &["db", "update", "--offline"][..],
        &["db", "update", "--offline", "--from", &from],
    ] {
        let answer = sandbox.run(arguments);
        assert_eq!(answer.code, 2, "{answer}");
        assert!(answer.err.contains("the network is off (--offline)"), "{answer}");
    }
    assert!(server.asked().is_empty());
    let file = sandbox.path("GHSA-2222-3333-4444.json");
    std::fs::write(&file, LEFT).unwrap();
    let answer = sandbox.run(&["db", "update", "--offline", "--from", "GHSA-2222-3333-4444.json"]);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_file_that_comes_with_the_code_does_not_choose_the_mirror() {
    let sandbox = Sandbox::new();
    sandbox.write("bartizan.toml", "[supply]\nosv = 'https://evil.example/'\n");
    let answer = sandbox.run(&["db", "update"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer
            .err
            .contains("cannot be set in a file that comes with the code"),
        "{answer}"
    );
    assert!(Path::new(&sandbox.path("bartizan.toml")).exists() && index(&sandbox).is_none());
}
