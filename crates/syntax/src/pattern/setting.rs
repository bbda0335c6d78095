//! What is put around the text of a pattern, so that the grammar of the language takes it: an expression, a member or a handler is no file.

use crate::language::Language;

/// What can surround a pattern.
pub(super) struct Setting {
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

const fn setting(before: &'static str, after: &'static str) -> Setting {
    Setting { before, after }
}

/// What is tried around a pattern, in order.
pub(super) fn settings(language: Language, text: &str) -> Vec<Setting> {
    let mut all = plain(language, text);
    if language == Language::CSharp && text.starts_with("using ") {
        // Within a method the grammar takes it for a variable without a name.
        all.insert(0, setting("", ""));
    }
    if language == Language::Ruby && text.starts_with(':') {
        // Alone it would be a value and what it is matched with.
        all.insert(0, setting("zz(", ")"));
    }
    let entry = match language {
        Language::Go => Some(setting("package zz\nvar zz = zz{", ",\n}")),
        Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Ruby => {
            Some(setting("zz = {", "\n}"))
        }
        _ => None,
    };
    if let Some(entry) = entry.filter(|_| is_entry(text)) {
        all.insert(0, entry);
    }
    all
}

fn plain(language: Language, text: &str) -> Vec<Setting> {
    match language {
        Language::Python => vec![
            setting("", ""),
            setting("", "\n    ELL0ZZ"),
            setting("", " ELL0ZZ"),
            setting("", "\ndef ELL0ZZ(ELL0ZZ): ELL0ZZ"),
            setting("try:\n    ELL0ZZ\n", ""),
            setting("try:\n    ELL0ZZ\n", "\n    ELL0ZZ"),
            setting("if ELL0ZZ:\n    ELL0ZZ\n", ""),
            setting("zz = {", "}"),
            setting("zz(", ")"),
            setting("zz = (", ")"),
        ],
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            let mut all = if text.trim_start().starts_with('{') && !text.contains(';') {
                vec![setting("zz = ", ""), setting("const ", " = zz")]
            } else if text.starts_with("function")
                || text.starts_with("async function")
                || text.starts_with("class")
            {
                vec![setting("", ""), setting("zz = ", ""), setting("", " {ELL0ZZ;}")]
            } else {
                vec![]
            };
            all.extend([
                setting("", ""),
                setting("async function* zz() {", "\n}"),
                setting("zz = (", "\n)"),
                setting("class ZZ {", "\n}"),
                setting("class ZZ {", " {ELL0ZZ;}\n}"),
                setting("zz = {", "\n}"),
                setting("try {} ", ""),
                setting("if (zz) {} ", ""),
                setting("", " {ELL0ZZ;}"),
                setting("try {} ", " {ELL0ZZ;}"),
                setting("", "\nclass ZZ {}"),
                setting("switch (zz) {", "\n}"),
            ]);
            all
        }
        Language::Java => vec![
            setting("class ZZ { void zz() {", "\n} }"),
            setting("class ZZ { void zz() {", ";\n} }"),
            setting("class ZZ { void zz() { zz = ", ";\n} }"),
            setting("class ZZ {", "\n}"),
            setting("", ""),
            setting("class ZZ { void zz() {", " { ELL0ZZ; }\n} }"),
            setting("class ZZ {", " { ELL0ZZ; }\n}"),
            setting("class ZZ {", ";\n}"),
            setting("class ZZ { void zz() { try {} ", "\n} }"),
            setting("class ZZ { void zz() { try {} ", " {ELL0ZZ;}\n} }"),
            setting("", " class ZZ {}"),
            setting("", " {}"),
            setting("class ZZ { void zz() { switch (zz) {", "\n} } }"),
        ],
        Language::Go => vec![
            setting("package zz\nfunc zz() {\n", "\n}"),
            setting("package zz\n", "\n"),
            setting("", "\n"),
            setting("package zz\nfunc zz() {\nzz := ", "\n}"),
            setting("package zz\nvar zz = ", ""),
            setting("package zz\nfunc zz() {\n", " { ELL0ZZ }\n}"),
            setting("package zz\n", " { ELL0ZZ }\n"),
            setting("package zz\nvar zz = zz{", ",\n}"),
            setting("package zz\nfunc zz() {\nswitch zz {\n", "\n}\n}"),
        ],
        _ => told_by_table(language),
    }
}

/// The same for languages that are told by tables.
fn told_by_table(language: Language) -> Vec<Setting> {
    let pairs: &[(&'static str, &'static str)] = match language {
        Language::Ruby => &[
            ("", ""),
            ("zz(", ")"),
            ("", "\nend"),
            ("case zz\n", "\nend"),
            ("begin\n", "\nend"),
        ],
        Language::Php => &[
            ("<?php ", ";"),
            ("<?php ", ""),
            ("<?php zz(", ");"),
            ("<?php class ZZ {", "\n}"),
            ("<?php class ZZ {", ";\n}"),
            ("<?php $zz = [", "];"),
            ("<?php ", " { $ELL0ZZ; }"),
            ("<?php switch ($zz) {", "\n}"),
        ],
        Language::CSharp => &[
            ("class ZZ { void zz() {", "\n} }"),
            ("class ZZ { void zz() {", ";\n} }"),
            ("class ZZ { void zz() { zz = ", ";\n} }"),
            ("class ZZ {", "\n}"),
            ("", ""),
            ("class ZZ { void zz() {", " { ELL0ZZ; }\n} }"),
            ("class ZZ {", " { ELL0ZZ; }\n}"),
            ("class ZZ {", ";\n}"),
            ("", " {}"),
        ],
        Language::Kotlin => &[
            ("", ""),
            ("fun zz() {\n", "\n}"),
            ("class ZZ {\n", "\n}"),
            ("val zz = ", ""),
            ("zz(", ")"),
            ("", " {}"),
        ],
        Language::Rust => &[
            ("fn zz() {\n", "\n}"),
            ("fn zz() {\n", ";\n}"),
            ("", ""),
            ("impl ZZ {\n", "\n}"),
            ("fn zz() { match zz {\n", "\n} }"),
            ("fn zz() {\n", " { ELL0ZZ; }\n}"),
        ],
        Language::C | Language::Cpp => &[
            ("void zz() {\n", "\n}"),
            ("void zz() {\n", ";\n}"),
            ("", "\n"),
            ("int zz = ", ";"),
            ("struct ZZ {\n", "\n};"),
            ("void zz() {\n", " { ELL0ZZ; }\n}"),
            ("void zz() { switch (zz) {\n", "\n} }"),
        ],
        Language::Scala => &[
            ("", ""),
            ("object ZZ {\n", "\n}"),
            ("def zz = {\n", "\n}"),
            ("val zz = ", ""),
            ("zz(", ")"),
        ],
        _ => &[("", "")],
    };
    pairs
        .iter()
        .map(|&(before, after)| setting(before, after))
        .collect()
}

/// Whether a text is an entry of a map, `key: value`, rather than a statement with a label.
fn is_entry(text: &str) -> bool {
    let text = text.trim_start();
    let key = text
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '\'' | '"' | '.' | '-')))
        .unwrap_or(text.len());
    let rest = text.get(key..).unwrap_or("").trim_start();
    let value = rest.strip_prefix(':').unwrap_or("").trim_start();
    let loops = ["for", "while", "do ", "{", "=", ":"]
        .iter()
        .any(|word| value.starts_with(word))
        && !value.starts_with('{');
    key > 0 && !value.is_empty() && !loops && !text.starts_with("case") && !text.starts_with("default")
}
