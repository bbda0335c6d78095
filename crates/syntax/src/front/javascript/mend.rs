//! What the grammars do not know of newer JavaScript and TypeScript, written so that they do.
//!
//! A text flows in, one of the same length flows out, whose tree has the shape that the first should have had. Only the shape is taken from it: names and
//! values are read from the text itself. It is asked for where a grammar found errors, and kept where it then finds fewer, so that a place that only looks
//! like one of these (within a string, say) does no harm.
//!
//! - `export { a as default, b as null }`: any word may be a name here (<https://tc39.es/ecma262/#prod-ModuleExportName>).
//! - `export type * from "m"`.
//! - `interface Box<in out T>`: variance of type parameters, behind comments, too.
//! - `import("m").Name<T>`, `import("m").Name["x"]`: types of another module.

/// The text with what the grammars do not know replaced; none where there is nothing of the kind.
pub(crate) fn mended(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    reserved_names(text, &mut bytes);
    exported_types(text, &mut bytes);
    variance(text, &mut bytes);
    imported_types(text, &mut bytes);
    if bytes == text.as_bytes() {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// Words that are no names elsewhere.
const RESERVED: [&str; 37] = [
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "new",
    "null",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "await",
];

fn reserved_names(text: &str, bytes: &mut [u8]) {
    for (at, _) in text.match_indices(" as ") {
        let start = at + " as ".len();
        let word = word_at(text, start);
        let after = text.get(start + word.len()..).unwrap_or("").trim_start();
        if RESERVED.contains(&word) && after.starts_with([',', '}']) {
            fill(bytes, start, word.len(), b'_');
        }
    }
}

fn exported_types(text: &str, bytes: &mut [u8]) {
    for (at, found) in text.match_indices("export type *") {
        fill(bytes, at + "export ".len(), found.len() - "export  *".len(), b' ');
    }
}

fn variance(text: &str, bytes: &mut [u8]) {
    for (at, _) in text.match_indices(['<', ',']) {
        let mut start = skip_space(text, at + 1);
        loop {
            let word = word_at(text, start);
            let next = skip_space(text, start + word.len());
            let name = word_at(text, next);
            if !matches!(word, "in" | "out") || name.is_empty() || next == start + word.len() {
                break;
            }
            let after = text.get(skip_space(text, next + name.len())..).unwrap_or("");
            let declares =
                after.starts_with(['=', ',', '>']) || after.starts_with("extends ") || matches!(name, "out");
            if !declares {
                break;
            }
            fill(bytes, start, word.len(), b' ');
            start = next;
        }
    }
}

/// Bytes that the path of a module and the names after it may have.
const MAX_PATH: usize = 4_096;

fn imported_types(text: &str, bytes: &mut [u8]) {
    for (at, _) in text.match_indices("import(") {
        let near = text.as_bytes().get(at..).unwrap_or_default();
        let near = near.get(..MAX_PATH).unwrap_or(near);
        let Some(length) = near.iter().position(|&byte| byte == b')') else {
            continue;
        };
        let names = near.get(length + 1..).unwrap_or_default();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$');
        let end = names.iter().position(|byte| !is_name(byte));
        let is_type = names.first() == Some(&b'.')
            && end.is_some_and(|end| matches!(names.get(end), Some(b'<' | b'[')));
        if is_type {
            let open = "import".len();
            fill(bytes, at + open, length + 1 - open, b'_');
        }
    }
}

fn fill(bytes: &mut [u8], start: usize, length: usize, with: u8) {
    if let Some(part) = bytes.get_mut(start..start + length) {
        part.fill(with);
    }
}

/// The letters and digits from a place on.
fn word_at(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or("");
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or("")
}

/// Bytes of a comment that is passed over.
const MAX_COMMENT: usize = 256;

/// Where space and short comments end.
fn skip_space(text: &str, start: usize) -> usize {
    let mut rest = text.get(start..).unwrap_or("");
    loop {
        rest = rest.trim_start();
        let near = rest.as_bytes().get(..MAX_COMMENT).unwrap_or(rest.as_bytes());
        let end = if near.starts_with(b"//") {
            near.iter().position(|&byte| byte == b'\n')
        } else if near.starts_with(b"/*") {
            near.windows(2)
                .skip(2)
                .position(|pair| pair == b"*/")
                .map(|end| end + 4)
        } else {
            None
        };
        match end.and_then(|end| rest.get(end..)) {
            Some(after) => rest = after,
            None => return text.len() - rest.len(),
        }
    }
}
