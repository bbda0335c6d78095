"""Writes made-up files with assignments, half of which hold a credential, and their labels.

Usage: synthesize.py OUTPUT [COUNT]
OUTPUT/files/… and OUTPUT/labels.jsonl ({path, line, label}). Every value is random: nothing here was ever a credential.
The point is what labelled public code lacks: passwords as people make them, and names and values that only look alike.
"""

import base64
import json
import pathlib
import random
import string
import sys
import uuid

WORDS = """summer winter spring autumn dragon monkey coffee tiger falcon orange purple silver golden shadow master hunter
thunder galaxy phoenix rocket pepper ginger banana cookie cherry butter pirate wizard knight castle forest river ocean
mountain london berlin paris madrid tokyo austin denver boston jordan jessica michael robert charlie daniel thomas
welcome letmein access server system office company manager support service backup deploy production staging monday
friday october january blue green yellow black white happy lucky super magic secure private public random stupid simple
guitar piano soccer hockey chelsea arsenal cowboy yankee porsche ferrari mustang maverick merlin matrix qwerty asdf""".split()
TERMS = """user account name type value field label index status message error request response client server config
option setting default primary foreign cache session cookie header query filter column table schema entity model view
page form input button title text image icon color width height start end first last next previous current parent child
node list item map array string number object date time zone locale language country city address phone email url path
file folder version build release module package service handler manager factory provider adapter helper util test
example sample basic bearer digest none standard custom dynamic static public internal remote local global enable disable
create update delete insert select validate verify reset change confirm forgot invalid missing required expired""".split()
OWNERS = """db database mysql postgres pg mongo redis smtp mail admin root user client app api jwt session github gitlab aws
slack stripe s3 ftp ldap rabbitmq kafka elastic grafana deploy service encryption signing master oauth twitter consumer
access refresh bot webhook private shared ssh keystore truststore azure django flask rails laravel wifi vpn proxy
registry docker npm sonar jira jenkins backup replication test my the new old""".split()
HEADS = {
    "password": 30, "passwd": 6, "pass": 8, "pwd": 6, "pw": 1, "passphrase": 3, "secret": 14, "token": 14, "api_key": 10,
    "apikey": 5, "secret_key": 8, "access_key": 4, "access_token": 6, "auth_token": 6, "client_secret": 6, "private_key": 2,
    "encryption_key": 3, "credentials": 1, "credential": 1, "salt": 3, "nonce": 1, "auth": 2, "key": 4, "secret_access_key": 3,
    "refresh_token": 3, "bot_token": 2, "signing_secret": 2, "password_salt": 1, "root_password": 3,
}
# Names that hold a keyword and name something else.
OTHER = """password_field password_label password_placeholder password_hint password_error password_reset_url
password_min_length password_policy password_encoder password_confirmation password_column password_path
token_type token_url token_endpoint token_name token_header token_expiry token_kind token_class token_count token_format
secret_name secret_ref secret_path secret_id secret_type secret_store secret_arn key_id key_name key_path key_file key_type
key_code key_prefix key_size key_algorithm key_column primary_key foreign_key cache_key sort_key partition_key group_key
i18n_key translation_key key_map key_event object_key storage_key lookup_key row_key auth_type auth_method auth_mode
auth_url auth_provider auth_scheme auth_header auth_endpoint auth_user auth_domain auth_service credential_type
credentials_file credential_provider credentials_path credential_id pass_rate pass_count first_pass test_pass pass_through
key_binding hot_key menu_key map_key state_key query_key react_key public_key_file public_key_path ssh_key_name
kms_key_id access_key_id_name csrf_token_name next_token page_token continuation_token sync_token cancel_token
end_token start_token unk_token pad_token nonce_size salt_length salt_rounds key auth token""".split()
PHRASES = """Forgot your password?|Enter your password|Password must not be empty|Invalid token|The token has expired|
Please confirm the password|Secret key is missing|Authentication failed|Wrong user name or password|Choose a password|
Reset password|Change password|Your API key|Show password|New password|Current password|Sign in with a token|
Token is required|Key not found|Access denied|Remember me|At least eight characters|Passwords do not match""".replace("\n", "").split("|")

CODE = ["py", "js", "ts", "java", "go", "rb", "php", "cs", "kt", "scala", "rs", "c", "cpp", "swift"]
TEMPLATES = [
    # (extensions, template); {n} is the name, {v} the value, {q} a quote
    (["py", "rb"], "{n} = {q}{v}{q}"),
    (["py"], "    {n}={q}{v}{q},"),
    (["py"], "self.{n} = {q}{v}{q}"),
    (["py"], "    {q}{n}{q}: {q}{v}{q},"),
    (["py"], "{n}: str = {q}{v}{q}"),
    (["py"], "{n} = os.environ.get('{N}', {q}{v}{q})"),
    (["py"], "app.config[{q}{N}{q}] = {q}{v}{q}"),
    (["py"], "conn = connect(host={q}localhost{q}, user={q}admin{q}, {n}={q}{v}{q})"),
    (["py"], "if {n} == {q}{v}{q}:"),
    (["js", "ts"], "const {n} = {q}{v}{q};"),
    (["js", "ts"], "  {n}: {q}{v}{q},"),
    (["js", "ts"], "let {n} = process.env.{N} || {q}{v}{q};"),
    (["ts"], "private readonly {n}: string = {q}{v}{q};"),
    (["js"], "{n}: `{v}`,"),
    (["js"], "client.auth({q}{n}{q}, {q}{v}{q});"),
    (["java", "cs"], 'private static final String {n} = "{v}";'),
    (["java"], 'props.put("{n}", "{v}");'),
    (["java"], 'config.set{P}("{v}");'),
    (["java", "kt"], '    .{n}("{v}")'),
    (["kt"], 'val {n}: String = "{v}"'),
    (["scala"], 'val {n} = "{v}"'),
    (["go"], '{n} := "{v}"'),
    (["go"], '\t{P}: "{v}",'),
    (["go"], 'const {n} = "{v}"'),
    (["go"], '{n} := []byte("{v}")'),
    (["go"], 'os.Setenv("{N}", "{v}")'),
    (["rs"], 'let {n} = "{v}";'),
    (["rs"], 'const {N}: &str = "{v}";'),
    (["c", "cpp"], '#define {N} "{v}"'),
    (["c", "cpp"], 'const char *{n} = "{v}";'),
    (["c"], 'char {n}[] = "{v}";'),
    (["swift"], 'let {n} = "{v}"'),
    (["php"], "$cfg['{n}'] = '{v}';"),
    (["php"], "define('{N}', '{v}');"),
    (["php"], "    '{n}' => '{v}',"),
    (["php"], "'{n}' => env('{N}', '{v}'),"),
    (["rb"], "  :{n} => '{v}',"),
    (["rb"], "  {n}: '{v}',"),
    (["rb"], "set :{n}, '{v}'"),
    (["cs"], 'string conn = "Server=db1;Database=app;User Id=sa;{P}={v};";'),
    (["yml", "yaml"], "{n}: {v}"),
    (["yml", "yaml"], "  {n}: {q}{v}{q}"),
    (["yml", "yaml"], "      {N}: {v}"),
    (["yml", "yaml"], "      - {N}={v}"),
    (["yml", "yaml"], "        - name: {N}\n          value: {q}{v}{q}"),
    (["json"], '  "{n}": "{v}",'),
    (["json"], '  {{"name": "{N}", "value": "{v}"}},'),
    (["json"], '  "body": "{{\\"{n}\\": \\"{v}\\"}}",'),
    (["properties", "ini", "conf", "cfg"], "{n}={v}"),
    (["properties", "ini", "conf", "cfg"], "{n} = {v}"),
    (["properties"], "spring.datasource.{n}={v}"),
    (["env", "example", "local"], "{N}={v}"),
    (["env"], '{N}="{v}"'),
    (["toml"], '{n} = "{v}"'),
    (["tf", "tfvars"], '  {n} = "{v}"'),
    (["sh", "bash"], "export {N}={v}"),
    (["sh", "bash"], '{N}="{v}"'),
    (["sh"], "mysqldump -u root --{k}={v} shop > shop.sql"),
    (["sh"], "tool login --user admin --{k} {v}"),
    (["sh", "md"], 'curl -H "X-{k}: {v}" https://api.internal/v1/items'),
    (["sh", "md"], "docker run -e {N}={v} -d app"),
    (["Dockerfile"], "ENV {N} {v}"),
    (["Dockerfile"], "ENV {N}={v}"),
    (["xml", "config"], "  <{n}>{v}</{n}>"),
    (["xml", "config"], '  <property name="{n}" value="{v}"/>'),
    (["xml", "config"], '  <add key="{n}" value="{v}" />'),
    (["xml", "config"], '  <datasource url="jdbc:x" {n}="{v}" />'),
    (["md", "txt", "rst"], "{n}: {v}"),
    (["md", "txt"], "* {n}: `{v}`"),
    (["md"], "    {n} = {q}{v}{q}"),
    (["sql"], "CREATE USER app IDENTIFIED BY '{v}';"),
    (["sql"], "ALTER USER app WITH PASSWORD '{v}';"),
    (["html"], "<script>var {n} = '{v}';</script>"),
    (["ps1"], '${n} = "{v}"'),
    (CODE, '// {n} = "{v}"'),
]
FILLER = {
    "py": ["import os", "def connect():", "    return None", "host = 'localhost'", "port = 5432", "class Settings:"],
    "js": ["module.exports = {", "};", "  host: 'localhost',", "  port: 3306,", "function init() {", "}"],
    "yml": ["services:", "  web:", "    image: app", "    ports:", "database:", "  host: db"],
    "json": ["{", "}", '  "host": "localhost",', '  "user": "admin",', '  "port": 5432,'],
    "env": ["DB_HOST=localhost", "DB_USER=app", "DEBUG=true", "PORT=8080"],
    "java": ["public class Settings {", "}", "    private int port = 80;", "    // connection", "    return url;"],
}


class Maker:
    """Makes names, values and lines from one seeded source of chance."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def chars(self, alphabet, low, high):
        return "".join(self.r.choices(alphabet, k=self.r.randint(low, high)))

    def human(self):
        """A password as people make them."""
        r = self.r
        word = r.choice(WORDS)
        form = r.randint(0, 8)
        if form == 0:
            return word.capitalize() + str(r.randint(1, 2030)) + r.choice("!@#$%*?.")
        if form == 1:
            return word + str(r.randint(0, 9999))
        if form == 2:
            leet = {"a": "@", "e": "3", "i": "1", "o": "0", "s": "$", "t": "7"}
            return "".join(leet.get(c, c) if r.random() < 0.6 else c for c in word.capitalize()) + str(r.randint(0, 99))
        if form == 3:
            return word.capitalize() + r.choice("-_.!") + r.choice(WORDS).capitalize() + str(r.randint(0, 99))
        if form == 4:
            return "-".join(r.choices(WORDS, k=r.randint(3, 4)))
        if form == 5:
            return self.chars(string.ascii_lowercase, 6, 10)
        if form == 6:
            return self.chars(string.ascii_lowercase + string.digits, 6, 12)
        if form == 7:
            return r.choice("!@#$") + word + self.chars(string.digits, 2, 4) + r.choice("!@#$")
        return word + r.choice(WORDS) + r.choice(["", "1", "12", "99", "!"])

    def machine(self):
        """A value as programs make them."""
        r = self.r
        form = r.randint(0, 6)
        if form == 0:
            return self.chars("0123456789abcdef", *r.choice([(32, 32), (40, 40), (64, 64), (16, 16), (24, 24)]))
        if form == 1:
            return base64.b64encode(r.randbytes(r.choice([16, 24, 32, 48, 64]))).decode()
        if form == 2:
            return self.chars(string.ascii_letters + string.digits, 16, 64)
        if form == 3:
            return self.chars(string.ascii_lowercase + string.digits, 16, 40)
        if form == 4:
            return self.chars(string.ascii_letters + string.digits + "!@#%^*-_+=.", 10, 32)
        if form == 5:
            return self.chars(string.ascii_letters, 2, 5) + "_" + self.chars(string.ascii_letters + string.digits, 20, 40)
        return self.chars(string.ascii_uppercase + string.digits, 16, 32)

    def positive(self, name):
        weak = any(part in name for part in ("pass", "pwd", "pw"))
        value = self.human() if self.r.random() < (0.7 if weak else 0.1) else self.machine()
        return value.replace('"', "").replace("'", "").replace("\\", "")

    def joined(self, count):
        style = self.r.randint(0, 4)
        words = self.r.choices(TERMS, k=count)
        return style_of(words, style)

    def negative(self):
        """A value that is none, whatever its name."""
        r = self.r
        form = r.randint(0, 15)
        if form <= 2:
            return self.joined(r.randint(1, 3))
        if form == 3:
            return r.choice(PHRASES)
        if form == 4:
            return "https://" + r.choice(TERMS) + ".example.com/" + "/".join(r.choices(TERMS, k=2))
        if form == 5:
            return "/" + "/".join(r.choices(TERMS, k=r.randint(2, 4))) + r.choice(["", ".pem", ".json", ".txt"])
        if form == 6:
            return r.choice(["your-", "my-", "<your ", "YOUR_", "insert-", "replace-with-", "enter-"]) + self.joined(2)
        if form == 7:
            return r.choice(["changeme", "example", "placeholder", "xxxxxxxx", "********", "...", "TODO", "dummy", "<password>"])
        if form == 8:
            return r.choice(["bearer", "Basic", "basic", "text", "hidden", "RS256", "HS256", "ssh-rsa", "plain", "md5", "none"])
        if form == 9:
            return ".".join(r.choices(TERMS, k=r.randint(2, 4)))
        if form == 10:
            return "get" + "".join(w.capitalize() for w in r.choices(TERMS, k=2)) + r.choice(["", "()"])
        if form == 11:
            return str(r.randint(0, 10**r.randint(3, 9)))
        if form == 12:
            return r.choice(["secret", "password", "token", "api", "auth"]) + r.choice(["_", "-", "."]) + self.joined(1)
        if form == 13:
            return "arn:aws:kms:eu-west-1:123456789012:" + "/".join(r.choices(TERMS, k=2))
        if form == 14:
            return r.choice(["vault:", "env:", "ref:", "file:", "ssm:", "secretsmanager:"]) + "/".join(r.choices(TERMS, k=3))
        return r.choice(TERMS).capitalize() + " " + " ".join(r.choices(TERMS, k=r.randint(1, 4)))

    def opaque(self):
        """Random-looking values that belong under other names."""
        r = self.r
        form = r.randint(0, 4)
        if form == 0:
            return str(uuid.UUID(int=r.getrandbits(128)))
        if form == 1:
            return self.chars("0123456789abcdef", 40, 40)
        if form == 2:
            return "sha256:" + self.chars("0123456789abcdef", 64, 64)
        if form == 3:
            return "sha512-" + base64.b64encode(r.randbytes(64)).decode()
        return self.chars(string.digits, 8, 14)

    def name(self):
        head = self.r.choices(list(HEADS), weights=list(HEADS.values()))[0]
        words = head.split("_")
        if self.r.random() < 0.65 or head in ("key", "auth"):
            words = self.r.choices(OWNERS, k=self.r.choice([1, 1, 1, 2])) + words
        return words

    def other(self):
        words = self.r.choice(OTHER).split("_")
        return self.r.choices(OWNERS, k=1) + words if self.r.random() < 0.3 and len(words) > 1 else words

    def line(self):
        """(extension, text, label)"""
        extensions, template = self.r.choice(TEMPLATES)
        extension = self.r.choice(extensions)
        draw = self.r.random()
        label = draw < 0.42
        words = self.other() if draw > 0.75 else self.name()
        style = self.r.randint(0, 5)
        name = style_of(words, style)
        if label:
            value = self.positive("_".join(words))
        else:
            value = self.opaque() if draw > 0.97 else self.negative()
        text = template.format(
            n=name, N=style_of(words, 3), P=style_of(words, 2), k=style_of(words, 4), v=value, q=self.r.choice("'\""),
        )
        return extension, text, label


def style_of(words, style):
    """snake, camel, Pascal, UPPER, kebab, joined."""
    if style == 1:
        return words[0] + "".join(w.capitalize() for w in words[1:])
    if style == 2:
        return "".join(w.capitalize() for w in words)
    if style == 3:
        return "_".join(words).upper()
    if style == 4:
        return "-".join(words)
    if style == 5 and len(words) <= 2:
        return "".join(words)
    return "_".join(words)


def filler(maker, extension):
    lines = FILLER.get(extension) or FILLER["java" if extension in CODE else "env"]
    return maker.r.choices(lines, k=maker.r.randint(0, 3))


def main():
    output = pathlib.Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 12000
    (output / "files").mkdir(parents=True, exist_ok=True)
    maker = Maker(20)
    with (output / "labels.jsonl").open("w") as labels:
        for i in range(count):
            extension, text, label = maker.line()
            folder = maker.r.choice(["src", "config", "app", "deploy", "test", "lib", "docs"])
            stem = maker.r.choice(["settings", "main", "client", "values", "index"])
            name = extension if extension == "Dockerfile" else f"{stem}.{extension}"
            path = output / "files" / f"s{i:05}" / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            above, below = filler(maker, extension), filler(maker, extension)
            path.write_text("\n".join([*above, text, *below]) + "\n")
            at = str(path.relative_to(output / "files"))
            labels.write(json.dumps({"path": at, "line": len(above) + 1, "label": label}) + "\n")


if __name__ == "__main__":
    main()
