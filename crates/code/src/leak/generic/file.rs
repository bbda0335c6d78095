//! What the path of a file says about the assignments in it.

use bartizan_source::FileMeta;

/// How values are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A programming language: values that are no string literal are expressions.
    Code,
    /// JSON and its kin: strings are quoted, the rest are numbers and constants.
    Json,
    /// YAML.
    Yaml,
    /// `name = value` lines: properties, INI, `.env`, TOML and files without extension.
    Config,
    /// Shell, batch and Dockerfiles.
    Shell,
    /// XML and HTML.
    Markup,
    /// Markdown, plain text, logs.
    Prose,
}

impl FileKind {
    /// Whether an unquoted word can be a value in such a file.
    pub(super) const fn allows_bare(self) -> bool {
        !matches!(self, Self::Code | Self::Json)
    }
}

/// What is derived from the path once and used for every hit in the file.
#[derive(Debug, Clone, Copy)]
pub struct FileContext {
    /// How values are written.
    pub kind: FileKind,
    /// Hash of the extension (or of the file name, where it has none).
    pub(super) extension: u32,
    /// In a test directory or named like a test.
    pub(super) test: bool,
    /// An example, sample, demonstration, template or fixture.
    pub(super) example: bool,
    /// Documentation.
    pub(super) doc: bool,
    /// Code of others kept in the tree, or generated.
    pub(super) vendor: bool,
    /// Nothing in it can be a credential: lock files, translations, checksums, bundles, pictures.
    pub(super) quiet: bool,
}

impl FileContext {
    /// Reads the path.
    #[must_use]
    pub fn new(meta: &FileMeta) -> Self {
        let path: &str = &meta.path;
        let name = meta.file_name();
        let extension = meta.extension();
        let mut context = Self {
            kind: kind(name, extension),
            extension: super::bytes::hash_ci(
                0x811c_9dc5,
                if extension.is_empty() {
                    name.as_bytes()
                } else {
                    extension.as_bytes()
                },
            ),
            test: false,
            example: false,
            doc: false,
            vendor: false,
            quiet: is_quiet_name(name, extension),
        };
        for word in path.split(['/', '.', '_', '-', '!']) {
            context.mark(word);
        }
        context
    }

    fn mark(&mut self, word: &str) {
        let mut lower = [0_u8; 12];
        let Some(room) = lower.get_mut(..word.len()) else {
            return;
        };
        room.copy_from_slice(word.as_bytes());
        room.make_ascii_lowercase();
        match &*room {
            b"test" | b"tests" | b"testing" | b"spec" | b"specs" | b"testdata" | b"e2e" | b"mock"
            | b"mocks" => {
                self.test = true;
            }
            b"example" | b"examples" | b"sample" | b"samples" | b"demo" | b"demos" | b"template"
            | b"templates" | b"fixture" | b"fixtures" | b"dist" | b"tpl" => self.example = true,
            b"doc" | b"docs" | b"documentation" | b"readme" | b"changelog" | b"man" => self.doc = true,
            b"vendor" | b"vendored" | b"thirdparty" | b"node" | b"modules" | b"generated" | b"gen" => {
                self.vendor = true;
            }
            b"locale" | b"locales" | b"i18n" | b"l10n" | b"lang" | b"langs" | b"languages"
            | b"translations" => {
                self.quiet = true;
            }
            _ => {}
        }
    }
}

fn is_quiet_name(name: &str, extension: &str) -> bool {
    let lock = matches!(
        name,
        "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "go.sum"
            | "Pipfile.lock"
            | "flake.lock"
            | "packages.lock.json"
            | "gradle.lockfile"
            | "verification-metadata.xml"
            | ".cargo-checksum.json"
            | ".cargo_vcs_info.json"
            | "Package.resolved"
            | "Podfile.lock"
    );
    lock || name.ends_with(".min.js")
        || name.ends_with(".min.css")
        || matches!(
            extension,
            "lock"
                | "po"
                | "pot"
                | "mo"
                | "strings"
                | "xlf"
                | "xliff"
                | "arb"
                | "resx"
                | "svg"
                | "map"
                | "css"
                | "scss"
                | "less"
                | "sum"
                | "snap"
                | "rmeta"
        )
}

fn kind(name: &str, extension: &str) -> FileKind {
    let mut lower = [0_u8; 12];
    let Some(room) = lower.get_mut(..extension.len()) else {
        return FileKind::Config;
    };
    room.copy_from_slice(extension.as_bytes());
    room.make_ascii_lowercase();
    match &*room {
        b"yml" | b"yaml" | b"sls" | b"raml" => FileKind::Yaml,
        b"json"
        | b"json5"
        | b"jsonc"
        | b"ipynb"
        | b"har"
        | b"jsonl"
        | b"ndjson"
        | b"tfstate"
        | b"webmanifest"
        | b"postman_collection"
        | b"avsc" => FileKind::Json,
        b"xml" | b"html" | b"htm" | b"xhtml" | b"config" | b"csproj" | b"props" | b"plist" | b"xsd"
        | b"wsdl" | b"pom" | b"jelly" | b"mjml" | b"storyboard" => FileKind::Markup,
        b"md" | b"txt" | b"rst" | b"adoc" | b"asciidoc" | b"markdown" | b"log" | b"textile" | b"org"
        | b"tex" | b"rdoc" | b"mdx" | b"out" | b"csv" | b"tsv" | b"http" | b"rest" | b"mdown" | b"rmd" => {
            FileKind::Prose
        }
        b"sh" | b"bash" | b"zsh" | b"fish" | b"ksh" | b"csh" | b"bat" | b"cmd" | b"ps1" | b"psm1"
        | b"psd1" | b"dockerfile" | b"mk" | b"mak" | b"service" | b"tmpl" | b"expect" | b"envrc" => {
            FileKind::Shell
        }
        b"" if matches!(
            name,
            "Dockerfile" | "Makefile" | "Containerfile" | "GNUmakefile" | "Jenkinsfile" | "Vagrantfile"
        ) =>
        {
            FileKind::Shell
        }
        b"" if matches!(name, "README" | "INSTALL" | "CHANGES" | "LICENSE" | "NOTES") => FileKind::Prose,
        b"" | b"env" | b"properties" | b"ini" | b"cfg" | b"conf" | b"cnf" | b"toml" | b"prop"
        | b"example" | b"sample" | b"dist" | b"local" | b"default" | b"template" | b"settings" | b"prefs"
        | b"credentials" | b"netrc" | b"pgpass" | b"reg" | b"desktop" | b"production" | b"development"
        | b"dev" | b"prod" | b"test" | b"staging" | b"in" | b"bak" | b"orig" | b"old" | b"j2" | b"erb"
        | b"tpl" | b"rc" | b"npmrc" | b"editorconfig" | b"inc" | b"rules" | b"ovpn" | b"rdp" | b"secret"
        | b"secrets" | b"key" | b"pwd" | b"passwd" => FileKind::Config,
        _ => FileKind::Code,
    }
}
