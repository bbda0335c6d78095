use crate::sandbox::Sandbox;
use std::os::unix::fs::PermissionsExt;

const DOCKERFILE: &str = "# ours\nFROM scratch\nADD app /app\nUSER 10001\n";
const MENDED: &str = "# ours\nFROM scratch\nCOPY app /app\nUSER 10001\n";

fn here() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("api/Dockerfile", DOCKERFILE);
    sandbox
}

fn now(sandbox: &Sandbox) -> String {
    sandbox.read("api/Dockerfile")
}

#[test]
fn a_dry_run_prints_the_difference_and_changes_nothing() {
    let sandbox = here();
    let answer = sandbox.run(&["fix", ".", "--dry-run"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        answer.out,
        "--- a/api/Dockerfile\n+++ b/api/Dockerfile\n@@ -1,4 +1,4 @@\n # ours\n FROM scratch\n-ADD app /app\n+COPY app /app\n USER 10001\n"
    );
    assert_eq!(now(&sandbox), DOCKERFILE);
}

#[test]
fn a_file_is_mended_once_and_keeps_its_permissions() {
    let sandbox = here();
    let file = sandbox.path("api/Dockerfile");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let answer = sandbox.run(&["fix", "api/Dockerfile"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(now(&sandbox), MENDED);
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let again = sandbox.run(&["fix", "."]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{again}");
}

#[test]
fn only_what_is_asked_for_is_mended() {
    let sandbox = here();
    let answer = sandbox.run(&["fix", ".", "--only", "ci/*,deploy/compose/*"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(now(&sandbox), DOCKERFILE);
}

#[test]
fn what_is_no_file_on_disk_is_refused() {
    let answer = here().run(&["fix", "git:HEAD"]);
    assert_eq!(answer.code, 2, "{answer}");
}

#[test]
fn files_in_which_the_same_was_found_are_all_mended() {
    let sandbox = here();
    sandbox.write("web/Dockerfile", DOCKERFILE);
    let answer = sandbox.run(&["fix", "."]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        (now(&sandbox).as_str(), sandbox.read("web/Dockerfile").as_str()),
        (MENDED, MENDED)
    );
}
