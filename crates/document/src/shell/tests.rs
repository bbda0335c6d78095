//! What the reader of scripts promises.

use super::*;

fn shown(text: &str) -> Vec<String> {
    let script = read(text);
    let pipelines = every(&script);
    let words = |command: &Command| {
        let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    };
    pipelines
        .iter()
        .map(|one| one.commands.iter().map(words).collect::<Vec<_>>().join(" | "))
        .collect()
}

#[test]
fn commands_end_with_their_separators_and_pipes_join_them() {
    assert_eq!(
        shown("apt-get update && apt-get install -y \\\n  curl; a | b |\n c\nd & e || f # no\n"),
        [
            "apt-get update",
            "apt-get install -y curl",
            "a | b | c",
            "d",
            "e",
            "f"
        ]
    );
    assert_eq!(shown("(curl x; true) | sh"), ["curl x", "true | sh"]);
    assert_eq!(shown("if test x; then a | b; fi"), ["test x", "a | b"]);
}

#[test]
fn substitutions_are_commands_within_words() {
    assert_eq!(
        shown("sh -c \"$(curl -fsSL x)\""),
        ["sh -c $(curl -fsSL x)", "curl -fsSL x"]
    );
    assert_eq!(shown("bash <(curl x) -y"), ["bash <(curl x) -y", "curl x"]);
    assert_eq!(shown("eval `a | b`"), ["eval `a | b`", "a | b"]);
    assert_eq!(
        shown("x=$((1 + 2)) y=${z:-a b} run"),
        ["x=$((1 + 2)) y=${z:-a b} run"]
    );
    assert_eq!(
        shown("echo ${{ github.event.issue.title }} b"),
        ["echo ${{ github.event.issue.title }} b"]
    );
}

#[test]
fn quotes_are_taken_off_and_redirections_are_no_words() {
    let script = read("A=1 sudo -E /bin/echo 'a b' \"c $D\" e\\ f >> \"$GITHUB_ENV\" 2>&1 <in");
    let command = &script[0].commands[0];
    assert_eq!(command.program(), "echo");
    assert_eq!(command.split().0[0].text, "A=1");
    let words: Vec<&str> = command.run().iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["/bin/echo", "a b", "c $D", "e f"]);
    let redirects: Vec<_> = command
        .redirects
        .iter()
        .map(|one| (&*one.operator, one.target.text.as_str()))
        .collect();
    assert_eq!(redirects, [(">>", "$GITHUB_ENV"), (">&", "1"), ("<", "in")]);
}

#[test]
fn lines_of_here_documents_are_no_commands() {
    let text = "cat <<EOF | sh\ncurl a | sh\nEOF\necho <<-'X' >f\n\tb\n\tX\nlast\n";
    assert_eq!(shown(text), ["cat | sh", "echo", "last"]);
    let script = read(text);
    let body = script[0].commands[0].redirects[0].body.unwrap();
    assert_eq!(&text[body.range()], "curl a | sh\n");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_and_every_place_is_within_it(text in "[a-c$(){}`'\"<>|&;#\\\\\n =0-2ä-]{0,120}") {
        for pipeline in every(&read(&text)) {
            for command in &pipeline.commands {
                for word in &command.words {
                    assert!(text.get(word.span.range()).is_some(), "{:?}", word);
                }
            }
        }
    }

    #[test]
    fn words_without_special_signs_are_what_a_split_gives(words in proptest::collection::vec("[A-Z0-9./:,-]{1,8}", 1..8)) {
        let text = words.join(" ");
        let script = read(&text);
        let read: Vec<&str> = script[0].commands[0].words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(read, words.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn what_is_never_closed_ends_with_the_text() {
    for text in ["$(", "`", "${", "\"", "'", "$((", "<(", "(", "cat <<EOF"] {
        let long = text.repeat(20_000);
        assert!(read(&long).len() < 100_000, "{text}");
    }
}
