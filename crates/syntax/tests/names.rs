//! What names mean: imports, aliases, shadowing, declared types.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use bartizan_syntax::{Ast, Kind, Language, Names, NodeId, parse};

/// The last name, member or call in the text that reads like this.
fn last(ast: &Ast, code: &str, text: &str) -> NodeId {
    let reads = |id: &NodeId| {
        matches!(ast.kind(*id), Kind::Name | Kind::Member | Kind::Type)
            && code.get(ast.span(*id).range()) == Some(text)
    };
    ast.ids()
        .filter(reads)
        .last()
        .unwrap_or_else(|| panic!("{text} stands nowhere in {code}"))
}

fn qualified(language: Language, code: &str, text: &str) -> Option<String> {
    let parsed = parse(code, language);
    assert_eq!(parsed.problems, [], "{code}");
    let names = Names::of(&parsed.ast);
    names
        .qualified(last(&parsed.ast, code, text))
        .map(|name| name.into_owned())
}

fn means(language: Language, code: &str, text: &str, expected: &str) {
    assert_eq!(
        qualified(language, code, text).as_deref(),
        Some(expected),
        "{text} in {code}"
    );
}

fn means_nothing(language: Language, code: &str, text: &str) {
    assert_eq!(qualified(language, code, text), None, "{text} in {code}");
}

fn type_of(language: Language, code: &str, text: &str) -> Option<String> {
    let parsed = parse(code, language);
    assert_eq!(parsed.problems, [], "{code}");
    let names = Names::of(&parsed.ast);
    let declared = names.declared_type(last(&parsed.ast, code, text))?;
    names.qualified(declared).map(|name| name.into_owned())
}

fn has_type(language: Language, code: &str, text: &str, expected: &str) {
    assert_eq!(
        type_of(language, code, text).as_deref(),
        Some(expected),
        "{text} in {code}"
    );
}

use Language::{Java, JavaScript, Python, TypeScript};

#[test]
fn an_import_with_an_alias_stands_for_its_module() {
    means(
        Python,
        "import subprocess as sp\nsp.call(x)",
        "sp.call",
        "subprocess.call",
    );
    means(
        Python,
        "from os import path as p\np.join(x)",
        "p.join",
        "os.path.join",
    );
    means(
        Python,
        "import os.path\nos.path.join(x)",
        "os.path.join",
        "os.path.join",
    );
    means(
        Python,
        "import xml.etree.ElementTree as E\nE.parse",
        "E.parse",
        "xml.etree.ElementTree.parse",
    );
    means(Python, "from .views import show\nshow()", "show", ".views.show");
    means(
        Python,
        "from . import views\nviews.show()",
        "views.show",
        ".views.show",
    );
}

#[test]
fn an_import_within_a_function_is_known_there_only() {
    let code = "def f():\n    import pickle as p\n    p.loads(x)\ndef g():\n    p.dumps(x)\n";
    means(Python, code, "p.loads", "pickle.loads");
    means(Python, code, "p.dumps", "p.dumps");
}

#[test]
fn a_parameter_or_local_variable_hides_what_was_imported() {
    means_nothing(Python, "import os\ndef f(os):\n    os.system(x)\n", "os.system");
    means_nothing(
        Python,
        "import os\ndef f():\n    os = fake()\n    os.system(x)\n",
        "os.system",
    );
    means(
        Python,
        "import os\ndef f(os): pass\nos.system(x)\n",
        "os.system",
        "os.system",
    );
    means_nothing(Python, "import os\n[os.x for os in y]\n", "os.x");
    means_nothing(
        JavaScript,
        "import cp from 'child_process'; function f(cp) { cp.exec(x) }",
        "cp.exec",
    );
    means_nothing(
        JavaScript,
        "const cp = require('child_process'); { let cp = fake(); cp.exec(x) }",
        "cp.exec",
    );
    means(
        JavaScript,
        "const cp = require('child_process'); { let cp = fake(); } cp.exec(x)",
        "cp.exec",
        "child_process.exec",
    );
}

#[test]
fn a_global_statement_means_the_variable_of_the_file() {
    means(
        Python,
        "import os\ndef f():\n    global os\n    import os\ndef g():\n    os.system(x)\n",
        "os.system",
        "os.system",
    );
}

#[test]
fn names_of_a_python_class_are_hidden_from_its_methods() {
    means(
        Python,
        "import os\nclass A:\n    os = 1\n    def f(self):\n        os.system(x)\n",
        "os.system",
        "os.system",
    );
    means_nothing(
        Python,
        "import os\nclass A:\n    os = fake()\n    os.system(x)\n",
        "os.system",
    );
}

#[test]
fn another_name_for_what_was_imported_means_the_same() {
    means(
        Python,
        "import subprocess\nrun = subprocess.run\nrun(x)\n",
        "run",
        "subprocess.run",
    );
    means(Python, "import a\nb = a\nc = b.d\nc.e()\n", "c.e", "a.d.e");
    means_nothing(
        Python,
        "import subprocess\nrun = subprocess.run\nrun = other\nrun(x)\n",
        "run",
    );
    means_nothing(Python, "a = b\nb = a\na()\n", "a");
}

#[test]
fn names_that_need_no_import_stand_for_themselves() {
    means(Python, "eval(x)", "eval", "eval");
    means_nothing(Python, "def eval(x): pass\neval(x)", "eval");
    means(
        JavaScript,
        "document.write(x)",
        "document.write",
        "document.write",
    );
    means(
        Java,
        "class A { void f() { Runtime.getRuntime(); } }",
        "Runtime.getRuntime",
        "java.lang.Runtime.getRuntime",
    );
}

#[test]
fn names_of_a_module_imported_whole_are_its_own() {
    means(
        Python,
        "from os import *\nsystem(x)\nopen(y)",
        "system",
        "os.system",
    );
    means(Python, "from os import *\nsystem(x)\nopen(y)", "open", "open");
    let code = "from os import *\nfrom sys import *\nsystem(x)";
    let parsed = parse(code, Python);
    let names = Names::of(&parsed.ast);
    let node = last(&parsed.ast, code, "system");
    assert_eq!(names.qualified(node), None);
    assert_eq!(names.candidates(node), ["os.system", "sys.system"]);
}

#[test]
fn modules_of_javascript_are_imported_in_many_ways() {
    for code in [
        "const cp = require('child_process'); cp.exec(x)",
        "var cp = require('node:child_process'); cp.exec(x)",
        "import cp from 'child_process'; cp.exec(x)",
        "import * as cp from 'child_process'; cp.exec(x)",
        "async function f() { const cp = await import('child_process'); cp.exec(x) }",
    ] {
        means(JavaScript, code, "cp.exec", "child_process.exec");
    }
    for code in [
        "const { exec } = require('child_process'); exec(x)",
        "const { spawn: exec } = require('child_process'); exec(x)",
        "import { exec } from 'child_process'; exec(x)",
        "import { spawn as exec } from 'child_process'; exec(x)",
        "const exec = require('child_process').exec; exec(x)",
    ] {
        let name = if code.contains("spawn") { "spawn" } else { "exec" };
        means(JavaScript, code, "exec", &format!("child_process.{name}"));
    }
    means(
        JavaScript,
        "require('child_process').exec(x)",
        "require('child_process').exec",
        "child_process.exec",
    );
    means(
        TypeScript,
        "import cp = require('child_process'); cp.exec(x)",
        "cp.exec",
        "child_process.exec",
    );
}

#[test]
fn classes_of_java_are_found_by_imports_and_packages() {
    means(
        Java,
        "import java.sql.Statement; class A { Statement s; }",
        "Statement",
        "java.sql.Statement",
    );
    means(
        Java,
        "import java.sql.*; class A { Statement s; }",
        "Statement",
        "java.sql.Statement",
    );
    means(Java, "package a.b; class A { Other s; }", "Other", "a.b.Other");
    means(Java, "package a.b; class A { class B {} B s; }", "B", "a.b.A.B");
    means(
        Java,
        "import static a.B.c; class A { void f() { c(1); } }",
        "c",
        "a.B.c",
    );
    means(
        Java,
        "import static a.B.*; import java.util.*; class A { void f() { c(1); } }",
        "c",
        "a.B.c",
    );
    means(
        Java,
        "import static a.B.*; import java.util.*; class A { List<String> s; }",
        "List<String>",
        "java.util.List",
    );
    means_nothing(
        Java,
        "import static a.B.c; class A { void c(int x) {} void f() { c(1); } }",
        "c",
    );
    means(
        Java,
        "import a.B; class A { void f() { a.c.D.e(); } }",
        "a.c.D.e",
        "a.c.D.e",
    );
}

#[test]
fn declared_types_are_known_by_their_qualified_names() {
    let body = |code: &str| {
        format!("import java.sql.*; class A {{ Statement field; void f(Connection param) {{ {code} }} }}")
    };
    has_type(
        Java,
        &body("Statement s = x(); use(s);"),
        "s",
        "java.sql.Statement",
    );
    has_type(
        Java,
        &body("var s = new Driver(); use(s);"),
        "s",
        "java.sql.Driver",
    );
    has_type(Java, &body("use(param);"), "param", "java.sql.Connection");
    has_type(Java, &body("use(field);"), "field", "java.sql.Statement");
    has_type(
        Java,
        &body("use(this.field);"),
        "this.field",
        "java.sql.Statement",
    );
    has_type(
        Java,
        &body("for (Statement s : xs) use(s);"),
        "s",
        "java.sql.Statement",
    );
    has_type(
        Java,
        &body("try (Statement s = x()) { use(s); }"),
        "s",
        "java.sql.Statement",
    );
    has_type(
        Java,
        &body("try { } catch (SQLException e) { use(e); }"),
        "e",
        "java.sql.SQLException",
    );
    has_type(
        Java,
        &body("if (x instanceof Statement s) use(s);"),
        "s",
        "java.sql.Statement",
    );
    has_type(
        Java,
        &body("Runnable r = () -> { Driver d = null; use(d); };"),
        "d",
        "java.sql.Driver",
    );
    has_type(
        Python,
        "import a\ndef f(x: a.B, y: 'c'):\n    x.run()",
        "x",
        "a.B",
    );
    has_type(Python, "from a import B\nx = B(1)\nx.run()", "x", "a.B");
    has_type(
        Python,
        "from a import B\nclass C:\n    def __init__(self):\n        self.b = B()\n    def f(self):\n        self.b.run()\n",
        "self.b",
        "a.B",
    );
    has_type(
        TypeScript,
        "import { B } from 'a'; class C { constructor(private b: B) {} f() { this.b.run() } }",
        "this.b",
        "a.B",
    );
    has_type(
        TypeScript,
        "import { B } from 'a'; const x: B = y; x.run()",
        "x",
        "a.B",
    );
    has_type(
        JavaScript,
        "import { B } from 'a'; const x = new B(); x.run()",
        "x",
        "a.B",
    );
}

#[test]
fn of_two_variables_with_one_name_the_nearer_one_counts() {
    let code = "class A { void f() { { String x = a; } { Integer x = b; use(x); } } }";
    has_type(Java, code, "x", "java.lang.Integer");
    let code = "class A { Integer x; void f(String x) { use(x); } }";
    has_type(Java, code, "x", "java.lang.String");
}

#[test]
fn a_method_is_named_by_the_type_of_its_object() {
    let code = "import java.sql.*; class A { void f(Statement s) { s.execute(x); } }";
    let parsed = parse(code, Java);
    let names = Names::of(&parsed.ast);
    let method = names.method(last(&parsed.ast, code, "s.execute"));
    assert_eq!(method.as_deref(), Some("java.sql.Statement.execute"));
}

#[test]
fn packages_of_go_are_known_by_their_whole_path() {
    let file = |imports: &str, body: &str| {
        format!("package p\nimport {imports}\nfunc f(w http.ResponseWriter) {{ {body} }}\n")
    };
    means(
        Language::Go,
        &file("\"net/http\"", "http.Get(x)"),
        "http.Get",
        "net/http.Get",
    );
    means(
        Language::Go,
        &file("h \"net/http\"", "h.Get(x)"),
        "h.Get",
        "net/http.Get",
    );
    means(
        Language::Go,
        &file("\"example.org/kit/v2\"", "kit.Run(x)"),
        "kit.Run",
        "example.org/kit/v2.Run",
    );
    means(
        Language::Go,
        &file("\"gopkg.in/yaml.v3\"", "yaml.Parse(x)"),
        "yaml.Parse",
        "gopkg.in/yaml.v3.Parse",
    );
    means_nothing(
        Language::Go,
        &file("\"net/http\"", "http := g(); http.Get(x)"),
        "http.Get",
    );
    has_type(
        Language::Go,
        &file("\"net/http\"", "use(w)"),
        "w",
        "net/http.ResponseWriter",
    );
    has_type(
        Language::Go,
        &file("\"net/http\"", "var c *http.Client; use(c)"),
        "c",
        "net/http.Client",
    );
    has_type(
        Language::Go,
        &file("\"net/http\"", "c := &http.Client{}; use(c)"),
        "c",
        "net/http.Client",
    );
}
