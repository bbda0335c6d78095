//! Reports of coverage, as their tools write them.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use bartizan_code::quality::coverage::{Branches, Coverage, CoverageError, Format, Share, read};

fn lines(coverage: &Coverage, path: &str) -> Vec<(u32, u64)> {
    coverage.of(path).unwrap().lines().collect()
}

#[test]
fn tracefiles_of_lcov_are_read_and_records_of_one_file_summed() {
    let text = "TN:unit\nSF:/home/me/src/app.js\nFN:1,main\nDA:1,2\nDA:2,0,sum\nBRDA:1,0,0,3\nBRDA:1,0,1,-\nLF:2\nend_of_record\n\
                TN:other\nSF:/home/me/src/app.js\nDA:1,1\nDA:2,4\nend_of_record\n";
    let coverage = read(text, None).unwrap();
    assert_eq!(lines(&coverage, "src/app.js"), [(1, 3), (2, 4)]);
    assert_eq!(
        coverage.of("src/app.js").unwrap().ways(1),
        Some(Branches { taken: 1, all: 2 })
    );
}

#[test]
fn the_xml_of_cobertura_is_read_and_lines_of_methods_not_counted_twice() {
    let text = r#"<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM "http://example.org/x.dtd" [<!ELEMENT a (b)>]>
        <coverage line-rate="0.5"><!-- a > b --><sources><source>/build</source></sources><packages><package name="p"><classes>
        <class name="A &amp; B" filename="app/a.py"><methods><method name="f"><lines>
        <line number="1" hits="3" branch="true" condition-coverage="50% (1/2)"/></lines></method></methods>
        <lines><line number="1" hits="3" branch="true" condition-coverage="50% (1/2)"/><line number='4' hits='0'></line></lines>
        </class></classes></package></packages></coverage>"#;
    let coverage = read(text, None).unwrap();
    assert_eq!(lines(&coverage, "service/app/a.py"), [(1, 3), (4, 0)]);
    assert_eq!(
        coverage.of("app/a.py").unwrap().ways(1),
        Some(Branches { taken: 1, all: 2 })
    );
    assert_eq!(
        coverage.of("app/a.py").unwrap().share(),
        Share { covered: 1, all: 2 }
    );
}

#[test]
fn the_xml_of_jacoco_is_read() {
    let text = r#"<report name="x"><package name="com/acme"><class name="com/acme/A"><method name="m" line="3"/></class>
        <sourcefile name="A.java"><line nr="3" mi="0" ci="5" mb="1" cb="3"/><line nr="4" mi="2" ci="0" mb="0" cb="0"/><counter type="LINE"/></sourcefile>
        </package></report>"#;
    let coverage = read(text, None).unwrap();
    assert_eq!(
        lines(&coverage, "src/main/java/com/acme/A.java"),
        [(3, 5), (4, 0)]
    );
    let file = coverage.of("src/main/java/com/acme/A.java").unwrap();
    assert_eq!(file.ways(3), Some(Branches { taken: 3, all: 4 }));
    assert_eq!(file.ways(4), None);
}

#[test]
fn profiles_of_go_cover_every_line_of_a_run() {
    let text = "mode: count\nexample.com/shop/cart/cart.go:3.20,5.2 2 7\nexample.com/shop/cart/cart.go:5.2,7.3 1 0\nmode: count\n\
                example.com/shop/cart/cart.go:9.1,9.2 0 0\n";
    let coverage = read(text, None).unwrap();
    assert_eq!(
        lines(&coverage, "cart/cart.go"),
        [(3, 7), (4, 7), (5, 7), (6, 0), (7, 0)]
    );
}

#[test]
fn the_json_of_llvm_gives_lines_from_where_counts_change() {
    let text = r#"{"data":[{"files":[{"filename":"/src/lib.rs","segments":[
        [1,1,5,true,true,false],[3,10,0,true,true,false],[4,6,5,true,false,false],[6,2,0,false,false,false],[9,1,2,true,true,false],[9,9,0,false,false,false]
        ],"branches":[[3,4,3,9,1,0,0,0,4]]}]}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#;
    let coverage = read(text, None).unwrap();
    assert_eq!(
        lines(&coverage, "src/lib.rs"),
        [(1, 5), (2, 5), (3, 5), (4, 0), (5, 5), (6, 5), (9, 2)]
    );
    assert_eq!(
        coverage.of("lib.rs").unwrap().ways(3),
        Some(Branches { taken: 1, all: 2 })
    );
}

#[test]
fn a_file_is_found_by_the_end_of_its_path_unless_two_fit() {
    let text = "SF:/ci/a/src/x.js\nDA:1,1\nend_of_record\nSF:/ci/b/src/x.js\nDA:1,0\nend_of_record\nSF:C:\\ci\\y.js\nDA:1,1\nend_of_record\n";
    let coverage = read(text, None).unwrap();
    assert!(coverage.of("src/x.js").is_none());
    assert_eq!(coverage.of("b/src/x.js").unwrap().hits(1), Some(0));
    assert_eq!(coverage.of("y.js").unwrap().hits(1), Some(1));
    assert!(coverage.of("z.js").is_none());
}

#[test]
fn only_some_lines_can_be_asked_for() {
    let text = "SF:x.js\nDA:1,1\nDA:2,0\nDA:3,0\nend_of_record\n";
    let coverage = read(text, None).unwrap();
    let file = coverage.of("x.js").unwrap();
    assert_eq!(file.share_of(|line| line < 3), Share { covered: 1, all: 2 });
    assert_eq!(file.share_of(|line| line > 3).ratio(), None);
}

#[test]
fn reports_that_are_broken_say_where() {
    assert_eq!(read("hello", None).unwrap_err(), CoverageError::Unknown);
    assert_eq!(read("", None).unwrap_err(), CoverageError::Unknown);
    let at = |text: &str, format| match read(text, Some(format)) {
        Err(CoverageError::Malformed { line, .. }) => line,
        other => panic!("{other:?}"),
    };
    assert_eq!(at("SF:x\nDA:1\n", Format::Lcov), 2);
    assert_eq!(at("DA:1,1\n", Format::Lcov), 1);
    assert_eq!(at("mode: set\nx.go:1.1,2.2 1\n", Format::Go), 2);
    assert!(matches!(
        read("{\"a\":", Some(Format::Llvm)),
        Err(CoverageError::Json(_))
    ));
}

#[test]
fn hostile_reports_end() {
    // A run of a million lines, again and again.
    let text = format!("mode: set\n{}", "x.go:1.1,4000000000.1 1 1\n".repeat(100));
    assert_eq!(read(&text, None).unwrap_err(), CoverageError::TooManyLines);
    for text in [
        "<coverage><class filename='a><line number='1'",
        "<coverage><!-- never ends",
        "<coverage><![CDATA[ <line number='1' hits='1'/>",
        "<!DOCTYPE coverage [ [ [",
        "<coverage><class filename=\"a\"><line number=\"99999999999\" hits=\"-1\"/><line number=\"2\" hits=\"x\"/></class>",
        "<a ======= b='c'><line =\"\"/>",
        "",
    ] {
        assert_eq!(
            read(text, Some(Format::Cobertura)).unwrap_err(),
            CoverageError::Truncated,
            "{text}"
        );
        assert_eq!(
            read(text, Some(Format::Jacoco)).unwrap_err(),
            CoverageError::Truncated,
            "{text}"
        );
    }
    let segments = "[1,1,1,true,true],[4294967295,1,0,true,true],[1,1,1,true,true]";
    let text = format!("{{\"data\":[{{\"files\":[{{\"filename\":\"x\",\"segments\":[{segments}]}}]}}]}}");
    assert!(read(&text, Some(Format::Llvm)).is_ok());
    // A document type is not read, so that what it names stays as it stands.
    let bomb = "<!DOCTYPE coverage [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><coverage><class filename='&c;x.py'><line number='1' hits='1'/></class></coverage>";
    let coverage = read(bomb, None).unwrap();
    assert_eq!(
        coverage.files().map(|(path, _)| path).collect::<Vec<_>>(),
        ["&c;x.py"]
    );
}

#[test]
fn a_report_that_ends_in_the_middle_is_not_taken_for_a_whole_one() {
    let whole = [
        "SF:a.js\nDA:1,1\nDA:2,0\nend_of_record\nSF:b.js\nDA:1,1\nend_of_record\n",
        "<coverage><class filename=\"a.py\"><line number=\"1\" hits=\"1\"/></class></coverage>",
        "<report name=\"x\"><package name=\"p\"><sourcefile name=\"A.java\"><line nr=\"1\" ci=\"1\"/></sourcefile></package></report>",
        "{\"data\":[{\"files\":[]}],\"type\":\"llvm.coverage.json.export\"}",
    ];
    for text in whole {
        assert!(read(text, None).is_ok(), "{text}");
        let cut = &text[..text.len() - 14];
        assert!(read(cut, Format::of(text)).is_err(), "{cut}");
    }
    assert_eq!(
        read("SF:a.js\nDA:1,1\nDA:2,", None).unwrap_err(),
        CoverageError::Truncated
    );
    assert!(read("<coverage lines-valid=\"0\"/>", None).is_ok());
}

#[test]
fn counts_beyond_what_a_number_holds_are_counts() {
    let text = "SF:a.js\nDA:1,99999999999999999999999\nDA:2,1e+10\nDA:3,0.5\nDA:4,-3\nDA:5,-\nDA:6,0\nend_of_record\n";
    let hits: Vec<bool> = lines(&read(text, None).unwrap(), "a.js")
        .iter()
        .map(|(_, hits)| *hits > 0)
        .collect();
    assert_eq!(hits, [true, true, true, false, false, false]);
    let text = "mode: count\na.go:1.1,1.9 1 99999999999999999999999\n";
    assert_eq!(lines(&read(text, None).unwrap(), "a.go"), [(1, u64::MAX)]);
    let text = "<coverage><class filename=\"a.py\"><line number=\"1\" hits=\"99999999999999999999999\"/></class></coverage>";
    assert_eq!(lines(&read(text, None).unwrap(), "a.py"), [(1, u64::MAX)]);
}

#[test]
fn each_path_of_a_report_means_the_file_that_shares_most_with_it() {
    let report = |paths: &[&str]| {
        let records = paths
            .iter()
            .enumerate()
            .map(|(at, path)| format!("SF:{path}\nDA:{},1\nend_of_record\n", at + 1));
        read(&records.collect::<String>(), None).unwrap()
    };
    let first = |coverage: &Coverage, paths: &[&str]| -> Vec<Option<u32>> {
        let known = coverage.attributed(paths);
        paths
            .iter()
            .map(|path| {
                known
                    .of(path)
                    .and_then(|file| file.lines().next())
                    .map(|(line, _)| line)
            })
            .collect()
    };
    // Below a root of another machine, the file at the root and one of the same name below it.
    let coverage = report(&["/ci/work/main.go", "/ci/work/cmd/main.go"]);
    assert_eq!(first(&coverage, &["main.go", "cmd/main.go"]), [Some(1), Some(2)]);
    assert_eq!(first(&coverage, &["main.go"]), [Some(1)]);
    // Below a source root.
    let coverage = report(&["com/x/A.java", "com/y/A.java"]);
    let paths = ["src/main/java/com/x/A.java", "src/main/java/com/y/A.java"];
    assert_eq!(first(&coverage, &paths), [Some(1), Some(2)]);
    // One that may be either of two, and one that is neither.
    let paths = ["a/src/x.js", "b/src/x.js", "c/x.js"];
    let coverage = report(&["src/x.js", "d/x.js"]);
    let known = coverage.attributed(&paths);
    assert!(paths.iter().all(|path| known.of(path).is_none()));
    assert_eq!(paths.map(|path| known.is_ambiguous(path)), [true, true, false]);
    assert!(!known.is_elsewhere());
    assert!(coverage.attributed(&["y.js"]).is_elsewhere());
}

#[test]
fn paths_that_say_the_same_in_other_words_are_one_file() {
    let report = "mode: set\nexample.com//b.go:6.20,7.2 2 0\nexample.com/./b.go:6.20,6.30 1 3\n";
    let coverage = read(report, Some(Format::Go)).unwrap();
    let paths: Vec<&str> = coverage.files().map(|(path, _)| path).collect();
    assert_eq!(paths, ["example.com/b.go"]);
    let share = coverage.of("b.go").unwrap().share();
    assert_eq!((share.covered, share.all), (1, 2));
}
