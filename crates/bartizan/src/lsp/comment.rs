//! How a comment of its own line is written in a file.

/// What opens and closes a comment in a file of this path; none where its language has no comments, or is not known.
pub(super) fn of(path: &str) -> Option<(&'static str, &'static str)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let lower = extension.to_ascii_lowercase();
    let by_name = ["Dockerfile", "Containerfile", "Makefile", "Gemfile", ".env"];
    if by_name.iter().any(|one| name.starts_with(one)) {
        return Some(("# ", ""));
    }
    Some(match lower.as_str() {
        "py" | "pyi" | "rb" | "sh" | "bash" | "zsh" | "yaml" | "yml" | "toml" | "tf" | "tfvars" | "hcl"
        | "properties" | "conf" | "cfg" | "ini" | "env" | "pl" | "r" | "rego" | "mk" | "dockerfile"
        | "ex" | "exs" | "ps1" => ("# ", ""),
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "java" | "go" | "rs" | "c" | "h"
        | "cc" | "cpp" | "hpp" | "cs" | "kt" | "kts" | "scala" | "swift" | "php" | "dart" | "groovy"
        | "gradle" | "proto" | "scss" | "cel" => ("// ", ""),
        "sql" | "lua" | "hs" => ("-- ", ""),
        "css" => ("/* ", " */"),
        "html" | "htm" | "xml" | "svg" | "md" | "markdown" | "vue" | "svelte" => ("<!-- ", " -->"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_without_comments_have_none() {
        assert_eq!(of("package.json"), None);
        assert_eq!(of("LICENSE"), None);
        assert_eq!(of("a.b/Dockerfile.dev"), Some(("# ", "")));
        assert_eq!(of("src/App.TSX"), Some(("// ", "")));
    }
}
