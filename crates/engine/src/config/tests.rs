use super::*;
use crate::system::Memory;
use bartizan_model::Timestamp;

fn machine() -> Memory {
    Memory::at(Timestamp::from_unix_seconds(1_800_000_000)).with_file("/repo/.git/HEAD", "ref")
}

fn layers(start: &Path) -> Layers<'_> {
    Layers {
        start,
        current: Path::new("/elsewhere"),
        file: None,
        isolated: false,
        flags: Vec::new(),
    }
}

fn load(machine: &Memory) -> Result<Config, ConfigError> {
    Config::load(machine, layers(Path::new("/repo/a/b")))
}

#[test]
fn the_nearest_file_wins_and_the_search_ends_at_the_repository_root() {
    let machine = machine()
        .with_file("/bartizan.toml", "[scan]\nfail-on = 'info'")
        .with_file("/repo/bartizan.toml", "[scan]\nfail-on = 'low'");
    let config = load(&machine).unwrap();
    assert_eq!(config.fail_on(), Severity::Low);
    let machine = machine.with_file("/repo/a/bartizan.toml", "\n[scan]\nfail-on = 'medium'");
    let config = load(&machine).unwrap();
    assert_eq!(config.fail_on(), Severity::Medium);
    assert_eq!(
        config.origin("scan.fail-on").to_string(),
        "/repo/a/bartizan.toml:3"
    );
    assert_eq!(config.root, Path::new("/repo/a"));
}

#[test]
fn outside_a_repository_only_the_target_is_searched() {
    let machine = Memory::at(Timestamp::from_unix_seconds(0)).with_file("/tmp/bartizan.toml", "broken");
    let config = Config::load(&machine, layers(Path::new("/tmp/work"))).unwrap();
    assert_eq!(config.file, None);
    assert_eq!(config.root, Path::new("/tmp/work"));
}

#[test]
fn flags_win_over_variables_and_variables_over_files() {
    let machine = machine()
        .with_file(
            "/repo/bartizan.toml",
            "[scan]\nskip = ['leak/a']\nonly = ['leak/*']\njobs = 3",
        )
        .with_variable("BARTIZAN_SCAN_SKIP", "leak/b, leak/c")
        .with_variable("BARTIZAN_SCAN_JOBS", "4");
    let mut layers = layers(Path::new("/repo"));
    layers.flags = vec![("scan.jobs", "--jobs", Value::Number(5))];
    let config = Config::load(&machine, layers).unwrap();
    assert_eq!(config.list("scan.only"), ["leak/*"]);
    assert_eq!(config.list("scan.skip"), ["leak/b", "leak/c"]);
    assert_eq!(config.number("scan.jobs"), 5);
    assert_eq!(config.origin("scan.jobs").to_string(), "flag --jobs");
    assert_eq!(
        config.origin("scan.skip").to_string(),
        "environment BARTIZAN_SCAN_SKIP"
    );
}

#[test]
fn an_unknown_key_is_an_error_with_its_line_and_a_suggestion() {
    let machine = machine().with_file("/repo/bartizan.toml", "[scan]\n\nfail_on = 'low'");
    let error = load(&machine).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/repo/bartizan.toml:3: there is no setting `scan.fail_on`"
    );
    assert!(
        error.help().contains("did you mean `scan.fail-on`?"),
        "{}",
        error.help()
    );
}

#[test]
fn a_value_that_does_not_fit_says_what_does() {
    for (text, expected) in [
        (
            "[scan]\nfail-on = 'severe'",
            "2: `scan.fail-on` = 'severe': expected one of critical, high",
        ),
        (
            "[scan]\njobs = -1",
            "2: `scan.jobs` = -1: expected a number from 0 to 1024",
        ),
        (
            "[scan]\nexclude = ['[x']",
            "2: `scan.exclude` = ['[x']: `[x` is not a glob",
        ),
        (
            "[scan]\nonly = 'leak/*'",
            "2: `scan.only` = 'leak/*': expected a list of rule globs",
        ),
        ("scan = 1", "1: there is no setting `scan`"),
        ("\n[scn]", "2: there is no setting `scn`"),
        ("[scan\n", "1: "),
    ] {
        let machine = machine().with_file("/repo/bartizan.toml", text);
        let error = load(&machine).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn an_unknown_variable_of_the_name_space_is_an_error_but_reserved_ones_are_not() {
    let machine = machine().with_variable("BARTIZAN_CI_TARGET", "x");
    assert!(load(&machine).is_ok());
    let machine = machine.with_variable("BARTIZAN_FAIL_ON", "low");
    let error = load(&machine).unwrap_err();
    assert!(error.help().contains("BARTIZAN_SCAN_FAIL_ON"), "{}", error.help());
}

#[test]
fn isolated_leaves_out_files_and_variables() {
    let machine = machine()
        .with_file("/repo/bartizan.toml", "broken")
        .with_variable("BARTIZAN_NONSENSE", "x");
    let mut layers = layers(Path::new("/repo"));
    layers.isolated = true;
    assert_eq!(Config::load(&machine, layers).unwrap().fail_on(), Severity::High);
}

#[test]
fn paths_are_relative_to_whoever_named_them() {
    let machine = machine()
        .with_file("/repo/bartizan.toml", "[rules]\nfiles = ['more.yaml']")
        .with_variable("BARTIZAN_BASELINE_FILE", "base.json");
    let config = load(&machine).unwrap();
    assert_eq!(config.paths("rules.files"), [Path::new("/repo/more.yaml")]);
    assert_eq!(
        config.path("baseline.file").unwrap(),
        Path::new("/elsewhere/base.json")
    );
    assert_eq!(
        config.path("waivers.file").unwrap(),
        Path::new("/repo/bartizan.waivers.toml")
    );
    assert_eq!(config.path("leak.fingerprint-key-file"), None);
}

#[test]
fn a_file_cannot_choose_where_data_is_written() {
    let machine = machine().with_file("/repo/bartizan.toml", "[data]\ndir = '/home/other'");
    let error = load(&machine).unwrap_err();
    assert!(matches!(error, ConfigError::NotInFile { line: 2, .. }));
    assert!(error.help().contains("BARTIZAN_DATA_DIR"));
}

#[test]
fn a_file_that_comes_with_the_code_chooses_neither_mirror_nor_authorities_and_one_that_is_named_does() {
    for line in [
        "[supply]\nosv = 'https://evil/'",
        "[supply]\nkev = 'x'",
        "[network]\nca-file = 'ca.pem'",
    ] {
        let machine = machine().with_file("/repo/bartizan.toml", line);
        assert!(
            matches!(load(&machine), Err(ConfigError::NotInFile { .. })),
            "{line}"
        );
    }
    let text = "[supply]\nosv = 'https://mirror/osv/'\n[network]\nca-file = 'ca.pem'";
    let machine = machine().with_file("/etc/bartizan.toml", text);
    let mut named = layers(Path::new("/repo"));
    named.file = Some(PathBuf::from("/etc/bartizan.toml"));
    let config = Config::load(&machine, named).unwrap();
    assert_eq!(config.text("supply.osv"), "https://mirror/osv/");
    assert_eq!(config.path("network.ca-file"), Some(PathBuf::from("/etc/ca.pem")));
    let machine = machine.with_variable(CONFIG_VARIABLE, "/etc/bartizan.toml");
    assert_eq!(load(&machine).unwrap().text("supply.osv"), "https://mirror/osv/");
}

#[test]
fn every_setting_is_unique_and_its_default_fits() {
    let mut keys: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), SETTINGS.len());
    for setting in SETTINGS {
        if let Some(default) = setting.default {
            assert!(setting.check(Value::from(default)).is_ok(), "{}", setting.key);
        }
    }
}
