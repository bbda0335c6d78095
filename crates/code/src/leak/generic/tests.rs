//! The parser over the syntaxes of assignments, the classifier on clear cases, and both on arbitrary bytes.

use super::*;
use proptest::prelude::*;

fn meta(path: &str) -> FileMeta {
    FileMeta {
        path: path.into(),
        size: 0,
        commit: None,
        author: None,
        layer: None,
    }
}

/// Every place a keyword starts.
fn hits(text: &[u8]) -> Vec<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let find = |k: &&'static str| {
        memchr::memmem::find_iter(&lower, k.as_bytes())
            .map(|at| (at, k.len()))
            .collect::<Vec<_>>()
    };
    KEYWORDS.iter().flat_map(find).collect()
}

fn proposals(path: &str, text: &str) -> Vec<(String, String)> {
    let classifier = Classifier::embedded().unwrap();
    let file = FileContext::new(&meta(path));
    hits(text.as_bytes())
        .into_iter()
        .filter_map(|(at, len)| propose(&classifier, &file, text.as_bytes(), at, len))
        .map(|p| (text[p.name].to_owned(), text[p.value].to_owned()))
        .collect()
}

fn judged(path: &str, text: &str) -> Vec<Candidate> {
    let classifier = Classifier::embedded().unwrap();
    let meta = meta(path);
    hits(text.as_bytes())
        .into_iter()
        .filter_map(|(at, len)| judge(&classifier, &meta, text.as_bytes(), at, len))
        .collect()
}

/// A value no one would mistake for a word, made here so that none stands in the source.
fn opaque(len: usize) -> String {
    let alphabet: Vec<char> = ('a'..='z').chain('0'..='9').chain('A'..='Z').collect();
    let mut state = 12_345_u32;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            alphabet[(state >> 16) as usize % alphabet.len()]
        })
        .collect()
}

/// Path, text with `@` where the value stands, and the name.
const ASSIGNMENTS: &[(&str, &str, &str)] = &[
    ("a.py", "password = '@'", "password"),
    ("a.py", "DB_PASSWORD: str = \"@\"", "DB_PASSWORD"),
    ("a.py", "connect(user='x', passwd='@', port=1)", "passwd"),
    ("a.py", "cfg = dict(api_token=\"@\")", "api_token"),
    ("a.py", "app.config['SECRET_KEY'] = '@'", "SECRET_KEY"),
    ("a.py", "{'client_secret': u'@'}", "client_secret"),
    ("a.py", "token = os.environ.get('X_TOKEN', '@')", "token"),
    ("a.py", "token = os.getenv('X') or '@'", "token"),
    ("a.py", "if password == '@':", "password"),
    ("a.py", "PASSWORD = \"\"\"@\"\"\"", "PASSWORD"),
    ("a.js", "const apiKey = \"@\";", "apiKey"),
    ("a.js", "let t = { authToken: `@` }", "authToken"),
    ("a.js", "const secret = process.env.S || '@'", "secret"),
    ("a.js", "const key = Buffer.from('@', 'hex')", "key"),
    ("a.ts", "private readonly token: string = '@';", "token"),
    ("a.ts", "password?: string = '@'", "password"),
    ("a.rb", "  :password => '@',", "password"),
    ("a.rb", "set :secret_token, '@'", "secret_token"),
    ("a.rb", "password '@'", "password"),
    ("a.php", "define('AUTH_KEY', '@');", "AUTH_KEY"),
    ("a.php", "'password' => env('DB_PASSWORD', '@'),", "password"),
    ("a.php", "$db->password = '@';", "password"),
    ("a.go", "token := \"@\"", "token"),
    ("a.go", "var apiSecret string = \"@\"", "apiSecret"),
    ("a.go", "signingKey := []byte(\"@\")", "signingKey"),
    ("a.go", "os.Setenv(\"API_TOKEN\", \"@\")", "API_TOKEN"),
    (
        "a.java",
        "private static final String PASSWORD = \"@\";",
        "PASSWORD",
    ),
    ("a.java", "ds.setPassword(\"@\");", "ds.setPassword"),
    ("a.java", "props.put(\"db.password\", \"@\");", "db.password"),
    (
        "a.java",
        "manager.setCipherKey(Base64.decode(\"@\"));",
        "manager.setCipherKey",
    ),
    (
        "a.java",
        "String url = \"jdbc:x://h/d?user=u&password=@\";",
        "password",
    ),
    (
        "a.cs",
        "var c = \"Server=h;User Id=sa;Password=@;Timeout=3\";",
        "Password",
    ),
    ("a.rs", "const TOKEN: &str = \"@\";", "TOKEN"),
    ("a.c", "#define WIFI_PASSWORD \"@\"", "WIFI_PASSWORD"),
    ("a.c", "static char password[32] = \"@\";", "password"),
    ("a.m", "NSString *secret = @\"@\";", "secret"),
    ("a.swift", "let apiKey: String = \"@\"", "apiKey"),
    ("a.kt", "val encryptionKey: String = \"@\"", "encryptionKey"),
    ("a.sql", "CREATE USER u IDENTIFIED BY '@';", "IDENTIFIED BY"),
    ("a.sql", "ALTER ROLE u WITH PASSWORD '@';", "PASSWORD"),
    ("a.tf", "  password = \"@\"", "password"),
    ("a.yml", "password: @", "password"),
    ("a.yml", "password: \"@\" # note", "password"),
    ("a.yml", "  - DB_PASSWORD=@", "DB_PASSWORD"),
    ("a.yml", "- name: API_TOKEN\n  value: @", "API_TOKEN"),
    ("a.yml", "- name: API_TOKEN\n  value: \"@\"", "API_TOKEN"),
    ("a.yml", "secret: |\n  @\n", "secret"),
    (
        "a.yml",
        "body: '{\"access_token\":\"@\",\"a\":1}'",
        "access_token",
    ),
    ("a.json", "{\"password\": \"@\"}", "password"),
    ("a.json", "{\"body\": \"{\\\"token\\\": \\\"@\\\"}\"}", "token"),
    ("a.json", "{\"name\": \"API_KEY\", \"value\": \"@\"}", "API_KEY"),
    (".env", "SECRET_KEY=@", "SECRET_KEY"),
    (".env", "export SECRET_KEY='@'", "SECRET_KEY"),
    (
        "a.properties",
        "spring.datasource.password=@",
        "spring.datasource.password",
    ),
    ("a.ini", "password = @", "password"),
    ("a.toml", "api-key = \"@\"", "api-key"),
    (".netrc", "machine h login u password @", "password"),
    ("redis.conf", "requirepass @", "requirepass"),
    ("a.xml", "<password>@</password>", "password"),
    ("a.xml", "<property name=\"password\" value=\"@\"/>", "password"),
    ("a.xml", "<entry key=\"db.password\">@</entry>", "db.password"),
    ("a.config", "<add key=\"ApiKey\" value=\"@\" />", "ApiKey"),
    ("a.html", "&quot;password&quot;: &quot;@&quot;", "password"),
    ("Dockerfile", "ENV API_TOKEN @", "API_TOKEN"),
    ("Dockerfile", "ENV API_TOKEN=@", "API_TOKEN"),
    ("a.sh", "export TOKEN=\"@\"", "TOKEN"),
    ("a.sh", "mysql -u root --password=@ db", "password"),
    ("a.sh", "login --user u --password @", "password"),
    ("a.sh", "curl -H \"X-Auth-Token: @\" h", "X-Auth-Token"),
    ("a.sh", "curl -H \"Authorization: Bearer @\" h", "Authorization"),
    ("a.md", "Password: `@`", "Password"),
    ("a.md", "The password is @.", "password"),
    ("a.py", "# old password: @", "password"),
];

#[test]
fn the_value_is_found_in_every_syntax() {
    let value = opaque(20);
    let mut lost = Vec::new();
    for (path, template, name) in ASSIGNMENTS {
        // The last `@` is the value: Objective-C has one before its quote.
        let (head, tail) = template.rsplit_once('@').unwrap();
        let text = format!("first line\n{head}{value}{tail}\nlast line\n");
        let found = proposals(path, &text);
        if !found.contains(&((*name).to_owned(), value.clone())) {
            lost.push((path, template, found));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn references_types_and_calls_are_no_values() {
    for (path, text) in [
        ("a.py", "password = get_password()"),
        ("a.py", "password = other"),
        ("a.py", "password: str"),
        ("a.py", "password = None"),
        ("a.py", "token = os.environ['TOKEN']"),
        ("a.py", "token = os.environ.get('TOKEN_NAME_X')"),
        ("a.py", "password = '%(password)s'"),
        ("a.py", "password = '{}'"),
        ("a.js", "password: process.env.PASSWORD,"),
        ("a.ts", "password: string;"),
        ("a.js", "token = `${token}`"),
        ("a.yml", "password: ${DB_PASSWORD}"),
        ("a.yml", "password: '{{ vault_password }}'"),
        ("a.yml", "password: $PASSWORD"),
        ("a.sh", "TOKEN=$(cat /run/token)"),
        ("a.md", "password: <your password>"),
        ("a.xml", "<password>${db.password}</password>"),
        ("a.properties", "password=********"),
        ("a.json", "{\"password\": null}"),
        ("a.rs", "let token = next_token(stream);"),
        ("a.go", "func token() string {"),
        ("a.py", "print('Password: ' + shown['x'])"),
        ("a.md", "app.secret_key = os.urandom(24)"),
        ("a.yml", "password: ${DB_PASSWORD:fallback12}"),
        ("a.pub", "key: ssh-ed25519"),
        ("a.cs", "PublicKeyToken=31bf3856ad36"),
    ] {
        assert_eq!(proposals(path, text), [], "{path}: {text}");
    }
}

#[test]
fn a_keyword_inside_another_word_or_inside_the_value_names_nothing() {
    for text in [
        "author = 'abcdefgh12'",
        "keyboard = 'abcdefgh12'",
        "monkey = 'abcdefgh12'",
        "bypass = 'abcdefgh12'",
        "tokenize = 'abcdefgh12'",
        "sacred = 'abcdefgh12'",
        "compass = 'abcdefgh12'",
        "x = 'the secret token'",
    ] {
        assert_eq!(proposals("a.py", text), [], "{text}");
    }
}

#[test]
fn the_last_keyword_of_a_name_speaks_for_it_once() {
    let text = format!("auth_secret_token = '{}'", opaque(24));
    assert_eq!(proposals("a.py", &text).len(), 1);
}

#[test]
fn lock_files_and_translations_are_left_out() {
    let text = format!("password: {}", opaque(24));
    for path in ["pnpm-lock.yaml", "config/locales/en.yml", "a.po", "Cargo.lock"] {
        assert_eq!(proposals(path, &text), [], "{path}");
    }
}

#[test]
fn a_random_value_under_a_telling_name_is_a_credential() {
    let value = opaque(32);
    for (path, text) in [
        ("app/settings.py", format!("SECRET_KEY = '{value}'\n")),
        (
            "config/app.yml",
            format!("db:\n  host: db1\n  user: app\n  password: {value}\n"),
        ),
        (".env", format!("DB_HOST=db1\nAPI_TOKEN={value}\n")),
        ("src/client.js", format!("const clientSecret = \"{value}\";\n")),
    ] {
        let found = judged(path, &text);
        assert!(
            found
                .iter()
                .any(|c| c.score > 0.5 && text[c.value.clone()] == value),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn labels_placeholders_and_identifiers_are_no_credentials() {
    for (path, text) in [
        ("src/form.js", "passwordLabel: 'Enter your password',"),
        ("src/form.py", "password_field = 'user_password_field'"),
        (
            "src/a.java",
            "private static final String TOKEN_TYPE = \"bearer\";",
        ),
        ("app.yml", "password: changeme"),
        ("app.yml", "secretName: app-tls-secret"),
        ("a.json", "{\"key\": \"ArrowDown\"}"),
        (
            "a.ts",
            "const tokenUrl = 'https://login.example.com/oauth/token';",
        ),
        ("a.tf", "key_name = \"deploy-key\""),
        ("a.py", "auth_method = 'basic'"),
        ("a.go", "const primaryKey = \"user_id\""),
    ] {
        let sure: Vec<_> = judged(path, text).into_iter().filter(|c| c.sure).collect();
        assert!(sure.is_empty(), "{path}: {text}: {sure:?}");
    }
}

#[test]
fn the_embedded_model_is_whole_and_small() {
    let classifier = Classifier::embedded().unwrap();
    assert!(classifier.report() < classifier.sure());
    assert!(classifier.probability(i32::MIN) < 0.5 && classifier.probability(i32::MAX) > 0.5);
}

#[test]
fn a_damaged_model_file_is_refused() {
    for text in [
        &b""[..],
        b"bartizan-leak-context 2\n",
        b"bartizan-leak-context 1\nreport x\n",
        b"bartizan-leak-context 1\ntrigrams 0\n",
        b"bartizan-leak-context 1\ntree f200,1 1 1\n",
        b"bartizan-leak-context 1\ntree f1,1 1\n",
        b"bartizan-leak-context 1\ntree 1 1\n",
        b"bartizan-leak-context 1\ncurve 5:0.5 1:0.7\n",
        b"bartizan-leak-context 1\nreport 1\n",
    ] {
        assert!(Classifier::parse(text).is_err());
    }
    let deep = format!("bartizan-leak-context 1\ntree {}", "f1,1 ".repeat(1000));
    assert!(Classifier::parse(deep.as_bytes()).is_err());
}

#[test]
fn judging_per_file_and_per_hit_agree() {
    let text = format!("password = '{}'", opaque(24));
    let (classifier, meta) = (Classifier::embedded().unwrap(), meta("a.py"));
    let one = judge(&classifier, &meta, text.as_bytes(), 0, 4);
    assert_eq!(
        one,
        judge_in(&classifier, &FileContext::new(&meta), text.as_bytes(), 0, 4)
    );
    assert!(one.is_some());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(path in "[a-z]{1,4}\\.(py|yml|json|xml|md|sh|env)", text: Vec<u8>, at: usize, len in 0..40_usize) {
        fuzz(&path, &text, at, len);
        fuzz(&path, &text, at.checked_rem(text.len().max(1)).unwrap_or(0), len);
    }

    #[test]
    fn assignments_of_arbitrary_text_keep_ranges_inside_and_are_judged_alike_twice(
        path in "[a-z]{1,4}\\.(py|yml|json|xml|md|sh|env|js)",
        parts in proptest::collection::vec(
            "(password|secret_key|api-token|\"auth\"|:|=|=>|\\(|\\)|\\[|\"|'|`|\\\\|\\n| |<|>|/|value|name|x9Y2|\\$\\{|&#34;|[ -~]{0,6}|é)", 0..40),
    ) {
        let text = parts.concat();
        let classifier = Classifier::embedded().unwrap();
        let file = FileContext::new(&meta(&path));
        for (at, len) in hits(text.as_bytes()) {
            let first = propose(&classifier, &file, text.as_bytes(), at, len);
            if let Some(p) = &first {
                prop_assert!(p.name.start <= at && at + len <= p.name.end);
                prop_assert!(p.value.start < p.value.end && p.value.end <= text.len());
                prop_assert!(p.name.end <= p.value.start);
                let again = propose(&classifier, &file, text.as_bytes(), at, len).unwrap();
                prop_assert_eq!(&p.features.dense, &again.features.dense);
                prop_assert_eq!(p.features.sparse(), again.features.sparse());
            }
        }
    }
}
