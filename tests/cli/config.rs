use crate::sandbox::Sandbox;
use insta::assert_snapshot;

#[test]
fn every_setting_is_shown_with_where_it_comes_from() {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write(
        "bartizan.toml",
        "# ours\n[scan]\nfail-on = \"medium\"\nexclude = [\"vendor\"]\n",
    );
    sandbox.write("app/keep", "");
    let output = sandbox
        .bartizan(&["config", "show", "--origin", "--color", "never"])
        .current_dir(sandbox.path("app"))
        .env("BARTIZAN_SCAN_JOBS", "3")
        .output()
        .unwrap();
    assert_snapshot!("config-show-origin", sandbox.answer(output));
}

#[test]
fn a_mistyped_setting_or_variable_is_an_error_with_a_suggestion() {
    let sandbox = Sandbox::leaky();
    sandbox.write("bartizan.toml", "[scan]\nfail_on = 'low'\n");
    assert_snapshot!("config-unknown-key", sandbox.scan(&[]));
    assert_eq!(sandbox.scan(&["--isolated"]).code, 1, "isolated ignores the file");
    std::fs::remove_file(sandbox.path("bartizan.toml")).unwrap();
    let output = sandbox
        .bartizan(&["scan"])
        .env("BARTIZAN_SCAN_FAILON", "low")
        .output()
        .unwrap();
    let answer = sandbox.answer(output);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("BARTIZAN_SCAN_FAIL_ON"), "{answer}");
}

#[test]
fn the_configuration_decides_what_denies_and_a_flag_decides_otherwise() {
    let sandbox = Sandbox::leaky();
    sandbox.write("bartizan.toml", "[scan]\nfail-on = 'critical'\n");
    assert_eq!(sandbox.scan(&[]).code, 0);
    assert_eq!(sandbox.scan(&["--fail-on", "low"]).code, 1);
}

#[test]
fn excluded_and_allowed_paths_are_left_out() {
    let sandbox = Sandbox::leaky();
    sandbox.write("keep.py", "x = 1\n");
    sandbox.write("bartizan.toml", "[scan]\nexclude = ['src/']\n");
    assert_eq!(sandbox.scan(&[]).code, 0);
    sandbox.write("bartizan.toml", "[leak]\nallow-paths = ['src/app.py']\n");
    assert_eq!(sandbox.scan(&[]).code, 0);
    sandbox.write("bartizan.toml", "[leak]\nallow-paths = ['app/']\n");
    assert_eq!(sandbox.scan(&[]).code, 1);
    assert_eq!(sandbox.scan(&["--exclude", "app.py"]).code, 0);
}

#[test]
fn a_key_of_ones_own_changes_every_fingerprint() {
    let sandbox = Sandbox::leaky();
    let plain = crate::sandbox::fingerprints(&sandbox, &[]);
    std::fs::write(sandbox.root().join("key"), "of our own").unwrap();
    sandbox.write("bartizan.toml", "[leak]\nfingerprint-key-file = '../key'\n");
    let keyed = crate::sandbox::fingerprints(&sandbox, &[]);
    assert_eq!((plain.len(), keyed.len()), (1, 1));
    assert_ne!(plain, keyed);
    std::fs::remove_file(sandbox.root().join("key")).unwrap();
    assert_eq!(
        sandbox.scan(&[]).code,
        2,
        "a key that is missing is not replaced by the default"
    );
}

#[test]
fn doctor_says_what_is_wrong_and_how_to_mend_it() {
    let sandbox = Sandbox::new();
    sandbox.init();
    let answer = sandbox.run(&["doctor"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.out.contains("warn  hook"), "{answer}");
    sandbox.run(&["hook", "install"]);
    assert!(sandbox.run(&["doctor"]).out.contains("ok    hook"));
    sandbox.write("bartizan.toml", "[scn]\n");
    let answer = sandbox.run(&["doctor"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.contains("fail  configuration"), "{answer}");
    std::fs::remove_file(sandbox.path("bartizan.toml")).unwrap();
    let answer = sandbox.run(&["doctor", "--data-dir", "/proc/nowhere"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.contains("fail  data directory"), "{answer}");
}
