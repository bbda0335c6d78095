//! The contract of the interface is the snapshot beside the code; whoever changes it sees the difference in review.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[test]
fn the_description_is_the_one_that_was_agreed_on() {
    let made = bartizan_server::description();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    if std::env::var_os("BARTIZAN_TEST_ACCEPT").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        made == kept,
        "the interface is no longer the one of crates/server/openapi.json; if that is meant, run this test with BARTIZAN_TEST_ACCEPT=1"
    );
}
