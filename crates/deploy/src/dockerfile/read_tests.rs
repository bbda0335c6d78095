//! What the reader of Dockerfiles promises, with good and with hostile text.

use super::*;
use crate::dockerfile::{Base, Build};

fn shown(text: &str) -> Vec<(String, String)> {
    let file = read(text);
    assert_eq!(file.problems, []);
    let one = |instruction: &Instruction| (instruction.keyword.clone(), instruction.body.text().to_owned());
    file.instructions.iter().map(one).collect()
}

#[test]
fn lines_that_go_on_are_joined_and_comments_between_them_left_out() {
    let text = "from x\nRUN a \\\n# why\n\n  b \\  \n   c\nCMD d\\\\\nUSER e\n";
    let shown = shown(text);
    assert_eq!(shown[1], ("RUN".to_owned(), "a   b    c".to_owned()));
    assert_eq!(shown[2], ("CMD".to_owned(), "d\\\\".to_owned()));
    assert_eq!(shown[3].0, "USER");
    let file = read(text);
    let at = file.instructions[1].body.text().find('c').unwrap();
    assert_eq!(&text[file.instructions[1].body.place(at..at + 1)], "c");
}

#[test]
fn directives_stand_first_and_change_the_sign_that_continues_lines() {
    let file = read("# syntax = docker/dockerfile:1\n#ESCAPE=`\n\nFROM x\nRUN a `\n b\\\nUSER c\n");
    assert_eq!(file.escape, '`');
    assert_eq!(file.directives[0].value, "docker/dockerfile:1");
    let keywords: Vec<_> = file.instructions.iter().map(|one| one.keyword.as_str()).collect();
    assert_eq!(keywords, ["FROM", "RUN", "USER"]);
    // Behind anything else such a line is a comment.
    assert_eq!(read("# why\n# escape=`\nFROM x\n").escape, '\\');
}

#[test]
fn here_documents_end_with_their_names() {
    let text = "FROM x\nRUN <<A <<-'B'\none\nUSER no\nA\n\ttwo\n\tB\nCOPY <<EOF /f\nx\nEOF\nUSER y\n";
    let file = read(text);
    let run = &file.instructions[1];
    let bodies: Vec<_> = run.documents.iter().map(|one| &text[one.body.range()]).collect();
    assert_eq!(bodies, ["one\nUSER no\n", "\ttwo\n"]);
    assert_eq!(file.instructions.len(), 4);
    assert_eq!(read("FROM x\nRUN <<A\nx\n").problems.len(), 1);
}

#[test]
fn flags_lists_and_triggers_are_told_apart() {
    let file = read(
        "FROM --platform=$BUILDPLATFORM x AS y\nCOPY --from=y --chown=1:1 [\"a b\", \"c\"]\nONBUILD RUN --mount=type=secret,id=a b\n",
    );
    assert_eq!(
        file.instructions[0].flag("platform").unwrap().value,
        "$BUILDPLATFORM"
    );
    assert_eq!(file.instructions[1].list.as_deref().unwrap(), ["a b", "c"]);
    let trigger = file.instructions[2].trigger.as_ref().unwrap();
    assert_eq!((trigger.keyword.as_str(), trigger.body.text()), ("RUN", "b"));
    assert_eq!(trigger.flag("mount").unwrap().value, "type=secret,id=a");
    assert_eq!(read("FROM x\nONBUILD FROM y\n").problems.len(), 1);
}

#[test]
fn variables_have_the_scope_that_the_builder_gives_them() {
    let text = "ARG V=1\nARG W\nFROM a:$V AS one\nARG V\nARG X=2\nENV Y=$V-$X\nUSER $Y\nFROM one\nUSER $Y$X\nFROM b:$W\nUSER $V\nFROM scratch\nUSER u$V\n";
    let file = read(text);
    let build = Build::of(&file);
    let users: Vec<_> = build
        .steps
        .iter()
        .filter(|step| step.instruction.keyword == "USER")
        .map(|step| step.words[0].value.clone())
        .collect();
    assert_eq!(users[0].as_deref(), Ok("1-2"));
    assert_eq!(users[1].as_deref(), Ok("1-22"));
    assert!(users[2].is_err(), "the image may set it");
    assert_eq!(users[3].as_deref(), Ok("u"));
    assert_eq!(build.stages[0].base, Base::Image("a:1".to_owned()));
    assert_eq!(build.stages[1].base, Base::Stage(0));
    assert_eq!(build.stages[2].base, Base::Unknown("W".to_owned()));
    assert_eq!(build.chain(1), [0, 1]);
}

#[test]
fn a_stage_that_begins_from_itself_does_no_harm() {
    let file = read("FROM a AS a\nFROM A AS a\nFROM a\n");
    let build = Build::of(&file);
    assert_eq!(build.chain(2), [0, 1, 2]);
}

#[test]
fn what_is_no_instruction_is_named() {
    let file = read("FROM x\nFOO bar\nRUN ok\n");
    assert_eq!(file.problems.len(), 1);
    assert_eq!(file.problems[0].1, "`FOO` is no instruction");
}

#[test]
fn large_and_hostile_text_is_read_within_bounds() {
    for text in [
        "FROM a\n".repeat(100_000),
        "ENV A=$A$A\n".repeat(10_000),
        "RUN \\\n".repeat(100_000),
        "RUN <<A\n".repeat(10_000),
        format!("FROM x\nENV {}\n", "a=b ".repeat(100_000)),
        format!("FROM x\nRUN {}\n", "$(".repeat(100_000)),
        "ONBUILD ".repeat(10_000),
        "\u{0}\u{feff}FROM ä".to_owned(),
    ] {
        let file = read(&text);
        let build = Build::of(&file);
        assert!(build.stages.len() <= 500);
    }
}

proptest::proptest! {
    #[test]
    fn pieces_cover_the_text_without_a_gap(text in "([A-Zadf$ <#\\\\`\n\r\t=\"'\\[\\]{}é:-]|FROM |RUN |ADD |COPY |ONBUILD |ARG |ENV |<<A\n|A\n){0,40}") {
        let file = read(&text);
        let mut end = 0;
        for (_, span) in &file.pieces {
            assert_eq!(span.start as usize, end);
            end = span.end as usize;
        }
        assert_eq!(end, text.len());
        let joined: String = file.pieces.iter().map(|(_, span)| text.get(span.range()).unwrap()).collect();
        assert_eq!(joined, text);
        for instruction in &file.instructions {
            assert!(text.get(instruction.head()).is_some());
            for flag in &instruction.flags {
                assert!(text.get(flag.at.clone()).is_some());
            }
        }
        let build = Build::of(&file);
        for step in &build.steps {
            for word in &step.words {
                assert!(text.get(word.at.clone()).is_some(), "{:?}", word);
            }
        }
    }
}
