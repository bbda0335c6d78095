#!/usr/bin/env python3
"""Plants generated credentials into a copy of Harbour, and checks a report against what was planted.

    plant.py --into DIR --manifest FILE [--seed N]     copy Harbour to DIR with credentials generated into it
    plant.py --check REPORT --manifest FILE            compare `bartizan scan DIR -o json` with the manifest

The files of this directory hold marks such as __PLANT_NPM_TOKEN__; plant.json says what each becomes: a pattern to expand
or the name of a builder below. What comes out has the shape of a credential, checksum included where the provider defines
one, and opens nothing. Without --seed it differs each time; private keys always do, since openssl makes them.

Needs Python 3.9, and openssl for the keys.
"""

import argparse
import base64
import hashlib
import hmac
import json
import random
import re
import shutil
import string
import subprocess
import sys
import time
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEFT_OUT = {"plant.py", "plant.json", "tests", "__pycache__"}
MARK = re.compile(r"__PLANT_([A-Z0-9_]+?)__")
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE32 = string.ascii_uppercase + "234567"
ESCAPES = {"d": string.digits, "w": string.ascii_letters + string.digits + "_"}


class PlantError(Exception):
    """Something the caller can mend; the text says how."""


# Patterns


class Pattern:
    """Expands a small part of the regular expression language: literals, classes, groups with alternatives, {n} {m,n} ?."""

    def __init__(self, text, rng):
        self.text, self.rng, self.at = text, rng, 0

    def expand(self):
        out = self.alternatives()
        if self.at != len(self.text):
            raise PlantError(f"pattern {self.text!r}: unexpected {self.text[self.at]!r} at {self.at}")
        return out()

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self):
        char = self.peek()
        if not char:
            raise PlantError(f"pattern {self.text!r} ends too early")
        self.at += 1
        return char

    def alternatives(self):
        options = [self.sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence())
        return lambda: self.rng.choice(options)()

    def sequence(self):
        parts = []
        while self.peek() and self.peek() not in "|)":
            parts.append(self.repeated(self.atom()))
        return lambda: "".join(part() for part in parts)

    def atom(self):
        char = self.take()
        if char == "(":
            inner = self.alternatives()
            if self.take() != ")":
                raise PlantError(f"pattern {self.text!r}: a group is not closed")
            return inner
        if char == "[":
            return self.one_of(self.char_class())
        if char == "\\":
            escaped = self.take()
            return self.one_of(ESCAPES.get(escaped, escaped))
        if char in "*+.^$?{}":
            raise PlantError(f"pattern {self.text!r}: {char!r} is not supported here")
        return lambda: char

    def one_of(self, chars):
        return lambda: self.rng.choice(chars)

    def char_class(self):
        if self.peek() == "^":
            raise PlantError(f"pattern {self.text!r}: negated classes are not supported")
        chars = []
        while self.peek() != "]":
            first = self.take()
            if first == "\\":
                escaped = self.take()
                chars.extend(ESCAPES.get(escaped, escaped))
            elif self.peek() == "-" and self.text[self.at + 1 : self.at + 2] != "]":
                self.take()
                chars.extend(chr(code) for code in range(ord(first), ord(self.take()) + 1))
            else:
                chars.append(first)
        self.take()
        return sorted(set(chars))

    def repeated(self, atom):
        if self.peek() == "?":
            self.take()
            return lambda: atom() if self.rng.random() < 0.5 else ""
        if self.peek() != "{":
            return atom
        end = self.text.find("}", self.at)
        bounds = re.fullmatch(r"(\d+)(?:,(\d+))?", self.text[self.at + 1 : end]) if end > 0 else None
        if not bounds:
            raise PlantError(f"pattern {self.text!r}: a repetition is {{n}} or {{m,n}}")
        self.at = end + 1
        low = int(bounds[1])
        high = int(bounds[2] or low)
        return lambda: "".join(atom() for _ in range(self.rng.randint(low, high)))


def expand(pattern, rng):
    return Pattern(pattern, rng).expand()


# Builders: credentials whose parts depend on one another


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def crc32_base62(text):
    """The six characters that end a GitHub or npm token: CRC-32 of what comes before, in base 62."""
    number, digits = zlib.crc32(text.encode()), ""
    while number:
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return digits.rjust(6, "0")


def github_token(rng):
    body = expand("[A-Za-z0-9]{30}", rng)
    return f"ghp_{body}{crc32_base62(body)}"


def npm_token(rng):
    body = expand("[A-Za-z0-9]{30}", rng)
    return f"npm_{body}{crc32_base62(body)}"


def aws_account(key_id):
    """The account number inside an access key id: 40 bits of its base-32 part."""
    bits = 0
    for char in key_id[4:14]:
        bits = bits << 5 | BASE32.index(char)
    return bits >> 9 & (1 << 40) - 1


def aws_key_id(rng):
    while True:
        key_id = expand("AKIA[A-HK-Z2-7][A-Z2-7]{15}", rng)
        if 10**9 < aws_account(key_id) < 10**12:
            return key_id


def pypi_token(rng):
    """A macaroon as PyPI serialises it: location, identifier, caveat, signature, each with type and length before it."""

    def packet(kind, data):
        return bytes([kind, len(data)]) + data

    identifier = expand("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", rng).encode()
    user = expand("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", rng)
    caveat = f'[3, "{user}"]'.encode()
    signature = bytes(rng.randrange(256) for _ in range(32))
    macaroon = b"\x02" + packet(1, b"pypi.org") + packet(2, identifier) + b"\0" + packet(2, caveat) + b"\0\0" + packet(6, signature)
    return "pypi-" + base64url(macaroon)


def jwt(rng):
    now = int(time.time())
    claims = {"sub": str(rng.randrange(1000, 9999)), "tenant": "lakeside", "role": "owner", "iat": now, "exp": now + 365 * 86400}
    parts = [base64url(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    key = bytes(rng.randrange(256) for _ in range(32))
    return ".".join([*parts, base64url(hmac.new(key, ".".join(parts).encode(), hashlib.sha256).digest())])


def azure_storage_key(rng):
    return base64.b64encode(bytes(rng.randrange(256) for _ in range(64))).decode()


def docker_config(rng):
    password = expand("[A-Za-z0-9]{12}[0-9][A-Za-z0-9]{11}", rng)
    auth = base64.b64encode(f"puller:{password}".encode()).decode()
    return json.dumps({"auths": {"registry.harbour.example": {"username": "puller", "password": password, "auth": auth}}})


def openssl(*arguments, given=None):
    try:
        run = subprocess.run(["openssl", *arguments], input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise PlantError("openssl is not installed; the private keys are made with it (Debian package: openssl)") from None
    if run.returncode != 0:
        raise PlantError(f"openssl {arguments[0]} failed: {run.stderr.strip()}")
    return run.stdout.rstrip("\n")


def pkcs8_key(_rng):
    return openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048") + "\n"


def rsa_key(_rng):
    key = openssl("genrsa", "2048")
    # OpenSSL 3 writes PKCS#8 unless asked for the traditional form; before that `rsa` knew no such option and always wrote it.
    try:
        return openssl("rsa", "-traditional", given=key)
    except PlantError:
        return openssl("rsa", given=key)


def ec_key(_rng):
    return openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout") + "\n"


def public_key(_rng):
    return openssl("rsa", "-pubout", given=pkcs8_key(None))


def encrypted_key(rng):
    return openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", f"pass:{expand('[a-z]{16}', rng)}", given=pkcs8_key(None))


def ssh_public_key(rng):
    def packet(data):
        return len(data).to_bytes(4, "big") + data

    blob = packet(b"ssh-ed25519") + packet(bytes(rng.randrange(256) for _ in range(32)))
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} deploy@harbour.example"


def certificate(_rng):
    return openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=harbour.example", "-days", "90") + "\n"


BUILDERS = {
    "aws-key-id": aws_key_id,
    "azure-storage-key": azure_storage_key,
    "certificate": certificate,
    "docker-config": docker_config,
    "ec-key": ec_key,
    "encrypted-key": encrypted_key,
    "github-token": github_token,
    "jwt": jwt,
    "npm-token": npm_token,
    "pkcs8-key": pkcs8_key,
    "public-key": public_key,
    "pypi-token": pypi_token,
    "rsa-key": rsa_key,
    "ssh-public-key": ssh_public_key,
}


def make(entry, rng):
    if "generate" in entry:
        value = expand(entry["generate"], rng)
    elif entry.get("build") in BUILDERS:
        value = BUILDERS[entry["build"]](rng)
    else:
        raise PlantError(f"plant.json: {entry['name']} has neither `generate` nor a known `build`")
    if entry.get("encode") == "base64":
        value = base64.b64encode(value.encode()).decode()
    if entry.get("escape") == "json":
        value = json.dumps(value)[1:-1]
    return value


# Planting


def plan():
    return json.loads((HERE / "plant.json").read_text())


def sources():
    for path in sorted(HERE.rglob("*")):
        inside = path.relative_to(HERE)
        if path.is_file() and inside.parts[0] not in LEFT_OUT and "node_modules" not in inside.parts:
            yield inside


def plant(into, manifest, seed=None):
    """Writes the copy and the manifest: where each credential went, never its text."""
    if into.resolve() == HERE or HERE in into.resolve().parents:
        raise PlantError(f"{into}: choose a directory outside {HERE}, so that no credential is ever committed")
    rng = random.Random(seed) if seed is not None else random.SystemRandom()
    entries = plan()
    kinds = {entry["name"]: (kind, entry) for kind in ("credentials", "decoys") for entry in entries[kind]}
    clear(into)
    planted = {"credentials": [], "decoys": []}
    for inside in sources():
        target = into / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        raw = (HERE / inside).read_bytes()
        if b"__PLANT_" in raw:
            text, spots = substitute(raw.decode(), str(inside), kinds, rng)
            raw = text.encode()
            for kind, spot in spots:
                planted[kind].append(spot)
        target.write_bytes(raw)
    used = {spot["name"] for spots in planted.values() for spot in spots}
    if set(kinds) - used:
        raise PlantError(f"plant.json: no file holds a mark for {', '.join(sorted(set(kinds) - used))}")
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps(planted, indent=2) + "\n")
    return planted


def clear(into):
    """Removes an earlier copy, and nothing else."""
    if into.is_dir() and any(into.iterdir()):
        if not (into / "k8s" / "tenants" / "lakeside.yaml").is_file():
            raise PlantError(f"{into}: holds something that is not a copy of Harbour; choose an empty directory")
        shutil.rmtree(into)


def substitute(text, file, kinds, rng):
    out, spots = "", []
    at = 0
    for mark in MARK.finditer(text):
        if mark[1] not in kinds:
            raise PlantError(f"{file}: {mark[0]} is not in plant.json")
        kind, entry = kinds[mark[1]]
        out += text[at : mark.start()]
        line = out.count("\n") + 1
        value = make(entry, rng)
        out += value
        spots.append((kind, {"name": entry["name"], "what": entry["what"], "file": file, "line": line, "end_line": line + value.rstrip("\n").count("\n")}))
        at = mark.end()
    return out + text[at:], spots


# Checking a report


def overlaps(spot, location):
    first = location["line"]
    last = location.get("end_line") or first
    return location["path"] == spot["file"] and first <= spot["end_line"] and last >= spot["line"]


def check(report, manifest):
    """Returns (missed, stray): planted credentials without a finding, and leak findings where nothing was planted."""
    leaks = [finding for finding in report["findings"] if finding["rule"].startswith("leak/")]
    locations = [location for finding in leaks for location in finding["locations"]]
    missed = [spot for spot in manifest["credentials"] if not any(overlaps(spot, location) for location in locations)]
    stray = [
        finding for finding in leaks
        if not any(overlaps(spot, location) for location in finding["locations"] for spot in manifest["credentials"])
    ]
    return missed, stray


def is_advice(finding):
    """Whether it comes from the classifier for credentials without a form, which does not block."""
    return finding["rule"].startswith("leak/generic")


def tell(report, manifest):
    """Says what the report lacks and what it has too much. Returns 1 when a credential was missed or a format rule was wrong."""
    missed, stray = check(report, manifest)
    advice = [finding for finding in stray if is_advice(finding)]
    total = len(manifest["credentials"])
    print(f"Planted credentials found: {total - len(missed)} of {total}.", file=sys.stderr)
    print(f"Findings where nothing was planted: {len(stray)}, of which {len(advice)} are the classifier's advice.", file=sys.stderr)
    for spot in missed:
        print(f"  missed: {spot['file']}:{spot['line']}: {spot['what']}", file=sys.stderr)
    for finding in stray:
        place = finding["locations"][0] if finding["locations"] else {"path": "?", "line": 0}
        word = "advice" if is_advice(finding) else "unexpected"
        print(f"  {word}: {place['path']}:{place['line']}: {finding['rule']}", file=sys.stderr)
    return 1 if missed or len(stray) > len(advice) else 0


def main():
    parser = argparse.ArgumentParser(description="Plants generated credentials into a copy of Harbour, or checks a report against them.")
    parser.add_argument("--manifest", type=Path, required=True, help="where each credential went (written by --into, read by --check)")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--into", type=Path, help="directory for the copy; what is there is replaced")
    action.add_argument("--check", type=Path, metavar="REPORT", help="report of `bartizan scan DIR -o json`")
    parser.add_argument("--seed", type=int, help="generate the same values each time")
    arguments = parser.parse_args()
    try:
        if arguments.into:
            planted = plant(arguments.into, arguments.manifest, arguments.seed)
            print(f"Planted {len(planted['credentials'])} generated credentials and {len(planted['decoys'])} decoys in {arguments.into}.", file=sys.stderr)
            return 0
        return tell(json.loads(arguments.check.read_text()), json.loads(arguments.manifest.read_text()))
    except (PlantError, OSError, json.JSONDecodeError) as error:
        print(f"plant.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
