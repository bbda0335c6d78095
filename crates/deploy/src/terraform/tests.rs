use super::*;

fn read(files: &[(&str, &str)]) -> Loaded {
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    load(&files)
}

/// The attribute `it` of every resource.
fn values(files: &[(&str, &str)]) -> Vec<Val> {
    let loaded = read(files);
    let resources = loaded.resources.into_iter();
    resources
        .map(|mut one| one.body.entries.remove("it").unwrap_or(Val::Null))
        .collect()
}

fn value(expression: &str) -> Val {
    let text = format!("resource \"t\" \"n\" {{\n  it = {expression}\n}}\n");
    values(&[("main.tf", &text)]).remove(0)
}

fn is_unknown(value: &Val) -> bool {
    matches!(value, Val::Unknown(_))
}

#[test]
fn unknown_and_false_is_false_and_unknown_or_true_is_true() {
    assert_eq!(value("var.x && false"), Val::Bool(false));
    assert_eq!(value("false && var.x"), Val::Bool(false));
    assert_eq!(value("var.x || true"), Val::Bool(true));
    assert!(is_unknown(&value("var.x && true")));
    assert!(is_unknown(&value("!var.x")));
    assert!(is_unknown(&value("var.x == 1")));
    assert_eq!(value("var.x ? 1 : 1"), Val::Number(1.0));
    assert!(is_unknown(&value("var.x ? 1 : 2")));
}

#[test]
fn expressions_have_the_values_that_terraform_gives_them() {
    for (expression, json) in [
        ("1 + 2 * 3", "7"),
        ("\"a-${1 + 1}-${true}\"", "\"a-2-true\""),
        ("[for x in [1, 2, 3] : x * 2 if x > 1]", "[4,6]"),
        ("{ for k, v in { a = 1 } : upper(k) => v }", "{\"A\":1}"),
        (
            "{ for x in [\"ab\", \"ac\"] : substr(x, 0, 1) => x... }",
            "{\"a\":[\"ab\",\"ac\"]}",
        ),
        ("[{ a = 1 }, { a = 2 }][*].a", "[1,2]"),
        ("regex(\"[a-z]+\", \"53ab\")", "\"ab\""),
        ("regex(\"(?P<a>.)(?P<b>.)\", \"xy\")", "{\"a\":\"x\",\"b\":\"y\"}"),
        (
            "regexall(\"(.)-(.)\", \"a-b,c-d\")",
            "[[\"a\",\"b\"],[\"c\",\"d\"]]",
        ),
        ("can(regex(\"^[0-9]+$\", \"x\"))", "false"),
        ("merge({ a = 1 }, { a = 2, b = 3 })", "{\"a\":2,\"b\":3}"),
        ("try({ a = 1 }.b, \"none\")", "\"none\""),
        ("can({ a = 1 }.b)", "false"),
        ("jsondecode(jsonencode({ a = [1, null] }))", "{\"a\":[1,null]}"),
        ("flatten([[1, [2]], [3]])", "[1,2,3]"),
        ("concat([1], [2])", "[1,2]"),
        ("lookup({ a = 1 }, \"b\", 5)", "5"),
        ("element([\"a\", \"b\"], 3)", "\"b\""),
        ("\"%{ if true }yes%{ else }no%{ endif }\"", "\"yes\""),
        ("cidrhost(\"10.0.0.0/8\", 5)", "\"10.0.0.5\""),
        ("max(1, 5, 3)", "5"),
        ("join(\",\", [\"a\", \"b\"])", "\"a,b\""),
        ("range(3)", "[0,1,2]"),
        ("yamldecode(\"a: [1]\")", "{\"a\":[1]}"),
    ] {
        assert_eq!(value(expression).to_json().to_string(), json, "{expression}");
    }
}

#[test]
fn variables_take_tfvars_then_defaults_and_else_are_unknown() {
    let main = r#"
variable "a" { default = 1 }
variable "b" {}
variable "c" { default = 1 }
locals { sum = [var.a, var.c] }
resource "t" "n" { it = local.sum }
resource "t" "o" { it = var.b }
"#;
    let found = values(&[
        ("main.tf", main),
        ("terraform.tfvars", "c = 2\n"),
        ("z.auto.tfvars", "c = 3\n"),
        ("other.tfvars", "b = 1\n"),
    ]);
    assert_eq!(found[0].to_json().to_string(), "[1,3]");
    assert!(is_unknown(&found[1]));
}

#[test]
fn modules_are_read_with_what_each_call_gives_them() {
    let files = [
        (
            "live/main.tf",
            "module \"a\" {\n source = \"../mod\"\n x = 1\n}\nmodule \"b\" {\n source = \"../mod\"\n x = module.a.y\n}\n",
        ),
        (
            "mod/main.tf",
            "variable \"x\" {}\noutput \"y\" { value = var.x + 1 }\nresource \"t\" \"n\" { it = var.x }\n",
        ),
    ];
    assert_eq!(values(&files), [Val::Number(1.0), Val::Number(2.0)]);
    let loaded = read(&files);
    let addresses: Vec<&str> = loaded.resources.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(addresses, ["module.a.t.n", "module.b.t.n"]);
    assert_eq!(loaded.resources[0].calls[0].file, 0);
}

#[test]
fn modules_that_call_each_other_in_a_circle_are_said() {
    let loaded = read(&[
        ("a/main.tf", "module \"b\" { source = \"../b\" }\n"),
        (
            "b/main.tf",
            "module \"a\" { source = \"../a\" }\nresource \"t\" \"n\" {}\n",
        ),
    ]);
    assert!(loaded.problems[0].1.contains("calls itself"));
    assert_eq!(loaded.resources.len(), 1);
}

#[test]
fn a_module_from_elsewhere_is_named_as_not_read() {
    let loaded = read(&[(
        "main.tf",
        "module \"v\" { source = \"terraform-aws-modules/vpc/aws\" }\n",
    )]);
    assert!(loaded.unread[0].1.contains("terraform-aws-modules/vpc/aws"));
}

#[test]
fn count_and_for_each_are_written_out_where_they_are_known() {
    let main = "resource \"t\" \"a\" {\n count = 2\n it = count.index\n}\nresource \"t\" \"b\" {\n for_each = toset([\"x\"])\n it = each.key\n}\nresource \"t\" \"c\" {\n count = 0\n it = 1\n}\nresource \"t\" \"d\" {\n for_each = var.m\n it = each.key\n}\n";
    let found = values(&[("main.tf", main)]);
    assert_eq!(found[..3], [Val::Number(0.0), Val::Number(1.0), Val::text("x")]);
    assert!(is_unknown(&found[3]));
    assert_eq!(found.len(), 4);
}

#[test]
fn dynamic_blocks_are_written_out_and_may_be_unknown() {
    let main = "resource \"t\" \"a\" {\n dynamic \"it\" {\n  for_each = [1, 2]\n  content { n = it.value }\n }\n}\nresource \"t\" \"b\" {\n dynamic \"it\" {\n  for_each = var.x\n  content { n = it.value }\n }\n}\n";
    let found = values(&[("main.tf", main)]);
    assert_eq!(found[0].to_json().to_string(), "[{\"n\":1},{\"n\":2}]");
    assert!(is_unknown(&found[1]));
}

#[test]
fn a_policy_with_unknown_parts_keeps_the_known_ones() {
    let main = "resource \"aws_s3_bucket\" \"b\" {}\nresource \"t\" \"n\" {\n it = jsondecode(data.aws_iam_policy_document.d.json)\n}\ndata \"aws_iam_policy_document\" \"d\" {\n statement {\n  actions = [\"s3:Get*\"]\n  resources = [\"${aws_s3_bucket.b.arn}/*\"]\n  principals {\n   type = \"*\"\n   identifiers = [\"*\"]\n  }\n }\n}\n";
    let found = values(&[("main.tf", main)]).pop().unwrap().to_json();
    assert_eq!(found["Statement"][0]["Principal"], "*");
    assert_eq!(found["Statement"][0]["Action"][0], "s3:Get*");
}

#[test]
fn attributes_know_which_resources_they_are_made_of() {
    let main =
        "resource \"b\" \"one\" {}\nlocals { id = b.one.id }\nresource \"t\" \"n\" { it = local.id }\n";
    let loaded = read(&[("main.tf", main)]);
    assert!(loaded.resources[1].references["it"].contains("b.one"));
}

#[test]
fn objects_take_the_defaults_of_their_types() {
    let main = "variable \"o\" {\n type = object({ a = optional(bool, true), b = number })\n default = { b = 1 }\n}\nresource \"t\" \"n\" { it = var.o.a }\n";
    assert_eq!(values(&[("main.tf", main)]), [Val::Bool(true)]);
}

#[test]
fn hostile_configurations_end() {
    assert!(is_unknown(&value("range(1e9)")));
    assert!(is_unknown(&value("no_such_function(1)")));
    assert!(is_unknown(
        &values(&[(
            "m.tf",
            "locals {\n a = local.b\n b = local.a\n}\nresource \"t\" \"n\" { it = local.a }\n"
        )])[0]
    ));
    let mut laughs = String::from("locals {\n l0 = [1, 1]\n");
    for at in 1..64 {
        laughs.push_str(&format!(" l{at} = [local.l{0}, local.l{0}]\n", at - 1));
    }
    laughs.push_str("}\nresource \"t\" \"n\" { it = local.l63 }\n");
    let loaded = read(&[("m.tf", &laughs)]);
    assert!(loaded.resources[0].body.entries["it"].doubt().is_some());
    let mut chain = String::from("locals {\n l0 = 1\n");
    for at in 1..5000 {
        chain.push_str(&format!(" l{at} = (((((local.l{})))))\n", at - 1));
    }
    chain.push_str("}\nresource \"t\" \"n\" { it = local.l4999 }\n");
    assert!(is_unknown(&values(&[("m.tf", &chain)])[0]));
    let deep = format!(
        "resource \"t\" \"n\" {{\n it = {}1{}\n}}\n",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    assert_eq!(read(&[("m.tf", &deep)]).problems.len(), 1);
}

#[test]
fn files_that_override_are_merged_into_what_they_override() {
    let main = "resource \"t\" \"n\" {\n  it = 1\n  kept = 2\n  block { a = 1 }\n  block { a = 2 }\n}\n";
    let over = "resource \"t\" \"n\" {\n  it = 9\n  block { a = 3 }\n}\n";
    for name in ["override.tf", "a_override.tf"] {
        let loaded = read(&[("main.tf", main), (name, over)]);
        assert_eq!(loaded.resources.len(), 1);
        let body = &loaded.resources[0].body;
        assert_eq!(body.entries["it"], Val::Number(9.0));
        assert_eq!(body.entries["kept"], Val::Number(2.0));
        let Val::List(blocks) = &body.entries["block"] else {
            panic!()
        };
        assert_eq!(blocks.len(), 1);
        // What stands in another file is told at the block that it overrides.
        let place = body.places.as_ref().unwrap().attributes["it"];
        assert_eq!(
            (place.file, main.get(place.span.range())),
            (0, Some("resource \"t\" \"n\""))
        );
    }
    assert_eq!(values(&[("main.tf", main), ("b/override.tf", over)]).len(), 2);
}
