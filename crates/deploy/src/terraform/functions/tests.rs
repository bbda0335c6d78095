use super::super::value::Val;
use super::super::{File, load};
use super::{COMPUTED, UNDECIDABLE};
use proptest::prelude::*;

/// Every function that Terraform documents, in alphabetical order.
const DOCUMENTED: &str = "abs abspath alltrue anytrue base64decode base64encode base64gzip base64sha256 base64sha512 basename \
bcrypt can ceil chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains \
convert csvdecode dirname distinct element endswith ephemeralasnull file filebase64 filebase64sha256 filebase64sha512 \
fileexists filemd5 fileset filesha1 filesha256 filesha512 flatten floor format formatdate formatlist indent index \
issensitive join jsondecode jsonencode keys length list log lookup lower map matchkeys max md5 merge min nonsensitive one \
parseint pathexpand plantimestamp pow range regex regexall replace reverse rsadecrypt sensitive setintersection setproduct \
setsubtract setunion sha1 sha256 sha512 signum slice sort split startswith strcontains strrev substr sum templatefile \
templatestring textdecodebase64 textencodebase64 timeadd timecmp timestamp title tobool tolist tomap tonumber toset \
tostring transpose trim trimprefix trimspace trimsuffix try type upper urlencode uuid uuidv5 values yamldecode yamlencode \
zipmap";

/// Calls and what they give, as JSON.
const CALLS: &[(&str, &str)] = &[
    ("abs(-3)", "3"),
    (r#"alltrue(["true", true])"#, "true"),
    ("alltrue([true, false])", "false"),
    ("anytrue([])", "false"),
    (r#"base64decode("aGVsbG8=")"#, r#""hello""#),
    (r#"base64encode("hello")"#, r#""aGVsbG8=""#),
    (
        r#"base64sha256("test")"#,
        r#""n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=""#,
    ),
    (
        r#"base64sha512("test")"#,
        r#""7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==""#,
    ),
    (r#"basename("a/b.txt/")"#, r#""b.txt""#),
    (r#"can(regex("a", "b"))"#, "false"),
    ("ceil(5.1)", "6"),
    (r#"chomp("a\r\n\n")"#, r#""a""#),
    (r#"chunklist(["a", "b", "c"], 2)"#, r#"[["a","b"],["c"]]"#),
    (r#"chunklist(["a", "b"], 0)"#, r#"[["a","b"]]"#),
    (r#"cidrhost("10.12.112.0/24", -2)"#, r#""10.12.112.254""#),
    (r#"cidrnetmask("172.16.0.0/12")"#, r#""255.240.0.0""#),
    (r#"cidrsubnet("172.16.0.0/12", 4, 2)"#, r#""172.18.0.0/16""#),
    (
        r#"cidrsubnets("10.0.0.0/8", 8, 16)"#,
        r#"["10.0.0.0/16","10.1.0.0/24"]"#,
    ),
    (r#"coalesce(null, "", "b")"#, r#""b""#),
    (r#"coalescelist([], ["c"])"#, r#"["c"]"#),
    (r#"compact(["a", "", null])"#, r#"["a"]"#),
    ("concat([1], [], [2])", "[1,2]"),
    (r#"contains(["a"], "b")"#, "false"),
    (r#"csvdecode("a,b\n1,\"x,y\"\n")"#, r#"[{"a":"1","b":"x,y"}]"#),
    (r#"dirname("a/b.txt")"#, r#""a""#),
    ("distinct([1, 2, 1])", "[1,2]"),
    (r#"element(["a", "b", "c"], -1)"#, r#""c""#),
    (r#"endswith("abc", "bc")"#, "true"),
    (r#"ephemeralasnull("a")"#, r#""a""#),
    (
        r#"file("${path.module}/t.tftpl")"#,
        r#""Hello, ${name}!%{ for x in l } ${x}%{ endfor }""#,
    ),
    (r#"filebase64("p.tpl")"#, r#""aGVsbG8h""#),
    (
        r#"filebase64sha256("p.tpl")"#,
        r#""zgYJL7lI2f+sfRo3bkBLJrdXW8wR7gWkYV/vT+w6MIs=""#,
    ),
    (
        r#"filebase64sha512("p.tpl")"#,
        r#""xvgdsOn4IGyXHJ5YJuO6gj/7saOpAPgEdlKov3jqmP38dFhVo4U6Y1Z1RY620arxIJ6I6tLRkjgrXEy91oUOAg==""#,
    ),
    (r#"fileexists("p.tpl")"#, "true"),
    (r#"filemd5("p.tpl")"#, r#""5a8dd3ad0756a93ded72b823b19dd877""#),
    (
        r#"filesha1("p.tpl")"#,
        r#""8f7d88e901a5ad3a05d8cc0de93313fd76028f8c""#,
    ),
    (
        r#"filesha256("p.tpl")"#,
        r#""ce06092fb948d9ffac7d1a376e404b26b7575bcc11ee05a4615fef4fec3a308b""#,
    ),
    (r#"length(filesha512("p.tpl"))"#, "128"),
    ("flatten([[1, [2]], []])", "[1,2]"),
    ("floor(-1.8)", "-2"),
    (
        r#"format("%s|%5s|%-5s|%05d|%x|%.2f|%q|%v|%t|%%", "a", "b", "c", 42, 255, 1.5, "d", [1], true)"#,
        r#""a|    b|c    |00042|ff|1.50|\"d\"|[1]|true|%""#,
    ),
    (r#"format("%[2]s %[1]s", "a", "b")"#, r#""b a""#),
    (r#"can(format("%d", "x"))"#, "false"),
    (r#"can(format("%s", "x", "y"))"#, "false"),
    (
        r#"formatdate("EEE, DD MMM YYYY 'at' hh:mm:ss ZZZ", "2018-01-04T23:12:01Z")"#,
        r#""Thu, 04 Jan 2018 at 23:12:01 UTC""#,
    ),
    (
        r#"formatdate("H aa ZZZZZ", "2018-01-04T00:12:01-08:00")"#,
        r#""12 am -08:00""#,
    ),
    (r#"formatlist("%s-%s", ["a", "b"], "c")"#, r#"["a-c","b-c"]"#),
    (r#"indent(2, "a\nb")"#, r#""a\n  b""#),
    (r#"index(["a", "b"], "b")"#, "1"),
    (r#"join("-", ["a", 1, true])"#, r#""a-1-true""#),
    (r#"jsondecode("{\"a\": [1]}")"#, r#"{"a":[1]}"#),
    (
        r#"jsonencode({ b = "<&>", a = null })"#,
        r#""{\"a\":null,\"b\":\"\\u003c\\u0026\\u003e\"}""#,
    ),
    ("keys({ b = 1, a = 2 })", r#"["a","b"]"#),
    (r#"length({ a = 1 })"#, "1"),
    (r#"list("a")"#, r#"["a"]"#),
    ("log(16, 2)", "4"),
    (r#"lookup({ a = 1 }, "b", 2)"#, "2"),
    (r#"lower("A")"#, r#""a""#),
    (r#"map("a", 1)"#, r#"{"a":1}"#),
    (r#"matchkeys(["a", "b"], [1, 2], ["2"])"#, r#"["b"]"#),
    ("max(1, 3, 2)", "3"),
    (r#"md5("tada")"#, r#""ce47d07243bb6eaf5e1322c81baf9bbf""#),
    ("merge({ a = 1 }, { a = 2 })", r#"{"a":2}"#),
    ("min(1, 3, 2)", "1"),
    ("nonsensitive(1)", "1"),
    ("one([1])", "1"),
    (r#"parseint("-ff", 16)"#, "-255"),
    (r#"parseint("aA", 62)"#, "656"),
    (r#"pathexpand("/a")"#, r#""/a""#),
    ("pow(2, 8)", "256"),
    ("range(1, -2)", "[1,0,-1]"),
    ("range(0)", "[]"),
    (r#"regex("(\\d+)([a-z]+)", "aaa111bbb222")"#, r#"["111","bbb"]"#),
    (r#"regexall("a+", "aabxa")"#, r#"["aa","a"]"#),
    (
        r#"replace("hello world", "/w.*d/", "everybody")"#,
        r#""hello everybody""#,
    ),
    (
        r#"replace("a-b", "/(\\w)-(?P<n>\\w)/", "${"$"}2${"$"}{n}.$1")"#,
        r#""bb.a""#,
    ),
    (r#"replace("1 + 2", "+", "-")"#, r#""1 - 2""#),
    ("reverse([1, 2])", "[2,1]"),
    ("sensitive(1)", "1"),
    (r#"setintersection(["a", "b"], ["b", "c"], ["b"])"#, r#"["b"]"#),
    (r#"setproduct(["a", "b"], [1])"#, r#"[["a",1],["b",1]]"#),
    (r#"setsubtract(["a", "b"], ["a"])"#, r#"["b"]"#),
    (r#"setunion(["b"], ["a", "b"])"#, r#"["a","b"]"#),
    (r#"sha1("test")"#, r#""a94a8fe5ccb19ba61c4c0873d391e987982fbbd3""#),
    (
        r#"sha256("test")"#,
        r#""9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""#,
    ),
    (r#"substr(sha512("test"), 0, 8)"#, r#""ee26b0dd""#),
    ("signum(-3)", "-1"),
    ("slice([1, 2, 3], 1, 2)", "[2]"),
    (r#"sort(["b", "a"])"#, r#"["a","b"]"#),
    (r#"split(",", "a,b")"#, r#"["a","b"]"#),
    (r#"startswith("abc", "ab")"#, "true"),
    (r#"strcontains("abc", "b")"#, "true"),
    (r#"strrev("abc")"#, r#""cba""#),
    (r#"substr("hello", -3, -1)"#, r#""llo""#),
    (r#"substr("hello", 1, 2)"#, r#""el""#),
    ("sum([1, 2.5])", "3.5"),
    (r#"can(sum([]))"#, "false"),
    (
        r#"templatefile("t.tftpl", { name = "you", l = [1, 2] })"#,
        r#""Hello, you! 1 2""#,
    ),
    (r#"can(templatefile("t.tftpl", {}))"#, "false"),
    (
        r#"templatestring(local.greeting, { name = upper("you") })"#,
        r#""Hello, YOU""#,
    ),
    (r#"textdecodebase64("aABpAA==", "UTF-16LE")"#, r#""hi""#),
    (r#"textencodebase64("hi", "UTF-16LE")"#, r#""aABpAA==""#),
    (
        r#"timeadd("2017-11-22T00:00:00Z", "-10m")"#,
        r#""2017-11-21T23:50:00Z""#,
    ),
    (
        r#"timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00")"#,
        "0",
    ),
    (r#"title("hello-big world")"#, r#""Hello-Big World""#),
    (r#"tobool("true")"#, "true"),
    (r#"tolist(toset(["b", "a", "b"]))"#, r#"["a","b"]"#),
    ("tomap({ a = 1 })", r#"{"a":1}"#),
    (r#"tonumber("7")"#, "7"),
    (r#"toset(["b", "a"])"#, r#"["a","b"]"#),
    ("tostring(true)", r#""true""#),
    (
        r#"transpose({ a = ["x", "y"], b = ["y"] })"#,
        r#"{"x":["a"],"y":["a","b"]}"#,
    ),
    (r#"trim("?!a?", "?!")"#, r#""a""#),
    (r#"trimprefix("ab", "a")"#, r#""b""#),
    (r#"trimspace(" a\n")"#, r#""a""#),
    (r#"trimsuffix("ab", "b")"#, r#""a""#),
    (r#"try({ a = 1 }.b, "c")"#, r#""c""#),
    (r#"upper("a")"#, r#""A""#),
    (r#"urlencode("a b/ü")"#, r#""a+b%2F%C3%BC""#),
    (
        r#"uuidv5("dns", "www.terraform.io")"#,
        r#""a5008fae-b28c-5ba5-96cd-82b4c53552d6""#,
    ),
    (
        r#"uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io")"#,
        r#""a5008fae-b28c-5ba5-96cd-82b4c53552d6""#,
    ),
    ("values({ b = 1, a = 2 })", "[2,1]"),
    (r#"yamldecode("a: [1]\n")"#, r#"{"a":[1]}"#),
    (
        r#"yamlencode({ a = [1], b = "x" })"#,
        r#""\"a\":\n- 1\n\"b\": \"x\"\n""#,
    ),
    (r#"zipmap(["a"], [1])"#, r#"{"a":1}"#),
    (r#"core::upper("a")"#, r#""A""#),
];

fn value(expression: &str) -> Val {
    let main = format!(
        "locals {{\n greeting = \"Hello, $${{name}}\"\n}}\nresource \"t\" \"n\" {{\n it = {expression}\n}}\n"
    );
    let files = [
        ("live/main.tf", main.as_str()),
        ("live/t.tftpl", "Hello, ${name}!%{ for x in l } ${x}%{ endfor }"),
        ("live/p.tpl", "hello!"),
        ("live/secret.bin", "x"),
    ];
    let mut loaded = load(&files.map(|(path, text)| File { path, text }));
    assert_eq!(loaded.problems, [], "{expression}");
    loaded.resources[0].body.entries.remove("it").unwrap_or(Val::Null)
}

#[test]
fn calls_give_what_terraform_gives() {
    for (call, json) in CALLS {
        let value = value(call);
        assert!(value.doubt().is_none(), "{call}: {value:?}");
        assert_eq!(value.to_json().to_string(), *json, "{call}");
    }
}

#[test]
fn every_documented_function_is_tried_or_is_unknown_with_its_reason() {
    for name in DOCUMENTED.split_whitespace() {
        let is_tried = CALLS.iter().any(|(call, _)| call.contains(&format!("{name}(")));
        match UNDECIDABLE.iter().find(|(one, _)| *one == name) {
            Some((_, why)) => {
                let Val::Unknown(reason) = super::call(name, &[], false) else {
                    panic!("{name}")
                };
                assert!(reason.text.contains(why) && !reason.refused, "{name}");
                assert!(!is_tried, "{name}");
            }
            None => assert!(is_tried, "{name}"),
        }
    }
    let is_documented = |name: &str| DOCUMENTED.split_whitespace().any(|one| one == name);
    assert!(COMPUTED.is_sorted() && COMPUTED.iter().all(|name| is_documented(name)));
}

#[test]
fn every_documented_function_stands_in_the_manual() {
    let manual = include_str!("../../../../../docs/terraform.md");
    for name in DOCUMENTED.split_whitespace() {
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn what_depends_on_something_unknown_is_unknown_and_the_rest_of_a_text_is_known() {
    for call in [
        r#"sha256(var.x)"#,
        r#"file("other.sh")"#,
        r#"file("../../outside.tpl")"#,
        r#"file("/etc/passwd")"#,
        r#"fileexists("other.sh")"#,
        r#"file("${path.cwd}/p.tpl")"#,
        r#"formatdate("YYYY", timestamp())"#,
        r#"setunion([var.x], ["a"])"#,
        r#"strrev("ü")"#,
        r#"format("%e", 1)"#,
        r#"textencodebase64("a", "EBCDIC")"#,
        r#"pathexpand("~/a")"#,
        r#"provider::aws::arn_parse("a")"#,
    ] {
        let Val::Unknown(reason) = value(call) else {
            panic!("{call}")
        };
        assert!(!reason.refused, "{call}: it may have a value");
    }
    let partial = value(r#"templatefile("t.tftpl", { name = var.x, l = [] })"#);
    assert!(
        matches!(&partial, Val::Partial(text, _) if text.starts_with("Hello, ")),
        "{partial:?}"
    );
    let read = value(r#"yamldecode(yamlencode({ a = var.x, b = 1 })).b"#);
    assert_eq!(read, Val::Number(1.0));
}

#[test]
fn a_template_knows_nothing_of_the_configuration_and_uses_no_other() {
    for template in ["$${local.greeting}", "$${templatefile(\\\"p.tpl\\\", {})}", "$${"] {
        assert_eq!(
            value(&format!("can(templatestring(\"{template}\", {{}}))")),
            Val::Bool(false),
            "{template}"
        );
    }
}

fn anything() -> impl Strategy<Value = Val> {
    let leaf = prop_oneof![
        Just(Val::Null),
        any::<bool>().prop_map(Val::Bool),
        any::<f64>().prop_map(Val::Number),
        (-9..300_i32).prop_map(|number| Val::Number(f64::from(number))),
        "[a-zA-Zé%$/.:0-9 ()\\[\\]*+'\"{}=-]{0,16}".prop_map(Val::Text),
        "(10.0.0.0/8|::/0|2018-01-04T23:12:01Z|dns|UTF-16LE|%d|/(a)/)".prop_map(Val::Text),
        Just(Val::unknown("nobody knows")),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Val::List),
            prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(Val::map),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_function_of_any_values_ends_and_two_calls_agree(
        at in 0..200_usize,
        args in prop::collection::vec(anything(), 0..4),
        loose in any::<bool>(),
    ) {
        let names: Vec<&str> = DOCUMENTED.split_whitespace().collect();
        let name = names[at % names.len()];
        let (one, other) = (super::call(name, &args, loose), super::call(name, &args, loose));
        // What is no number is not equal to itself.
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"), "{}", name);
    }
}
