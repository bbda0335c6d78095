#!/usr/bin/env python3
"""Envelopes that Bartizan and securesystemslib (the reference library of DSSE in Python) make for each other.

Needs `pip install "securesystemslib[crypto]"`. Usage: bench/dsse_interop.py [BARTIZAN]

What Bartizan signs, securesystemslib has to verify; what securesystemslib signs with Ed25519, ECDSA over P-256 and RSA, a control plane that
trusts the key has to mark as signed by it; and what was changed, neither may believe.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

TYPE = "application/vnd.in-toto+json"
BARTIZAN = sys.argv[1] if len(sys.argv) > 1 else "target/debug/bartizan"


def statement(number: int) -> bytes:
    subject = [{"name": "host:interop", "digest": {"sha256": f"{number:064x}"}}]
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": "https://example.com/x",
            "predicate": {"é": number},
        }
    ).encode()


def run(*arguments: str) -> str:
    return subprocess.run([BARTIZAN, *arguments], check=True, capture_output=True, text=True).stdout


def ours_verified_by_them(home: Path) -> None:
    run("sign", "--new-key", str(home / "own.key"))
    (home / "statement.json").write_bytes(statement(1))
    envelope = json.loads(run("sign", str(home / "statement.json"), "--key", str(home / "own.key")))
    public = serialization.load_pem_public_key((home / "own.key.pub").read_bytes())
    key = SSlibKey.from_crypto(public, keyid=envelope["signatures"][0]["keyid"])
    read = Envelope.from_dict(envelope)
    assert read.payload == statement(1)
    assert list(read.verify([key], 1)) == [key.keyid]
    read.payload = statement(2)
    try:
        read.verify([key], 1)
    except VerificationError:
        print("ok    signed by bartizan, verified by securesystemslib")
    else:
        raise AssertionError("securesystemslib believes a changed payload")


class Plane:
    def __init__(self, home: Path) -> None:
        command = [BARTIZAN, "serve", "--listen", "127.0.0.1:0", "--data-dir", str(home / "plane"), "--new-token", "admin"]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.token = self.child.stdout.readline().strip()
        for line in self.child.stderr:
            if "listening on " in line:
                self.url = line.split("listening on ")[1].split(";")[0]
                break

    def ask(self, path: str, body: bytes | None = None) -> dict:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def trust(self, envelope: dict) -> dict:
        receipt = self.ask("/statements", json.dumps(envelope).encode())
        return self.ask(f"/statements/{receipt['seq']}")


def theirs_believed_by_us(home: Path) -> None:
    plane = Plane(home)
    try:
        keys = {
            "ed25519": ed25519.Ed25519PrivateKey.generate(),
            "ecdsa": ec.generate_private_key(ec.SECP256R1()),
            "rsa": rsa.generate_private_key(public_exponent=65537, key_size=3072),
        }
        for number, (kind, key) in enumerate(keys.items()):
            signer = CryptoSigner(key)
            pem = key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            decision = {"action": "trust-key", "name": kind, "key": pem.decode()}
            plane.ask("/decisions", json.dumps(decision).encode())
            envelope = Envelope(statement(number), TYPE, {})
            envelope.sign(signer)
            row = plane.trust(envelope.to_dict())
            assert (row["signer"] or {}).get("name") == kind, row
            envelope.payload = statement(100 + number)
            row = plane.trust(envelope.to_dict())
            assert row["trust"] == "untrusted", row
            print(f"ok    signed by securesystemslib with {kind}, believed by bartizan")
    finally:
        plane.child.terminate()
        plane.child.wait()


def main() -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        ours_verified_by_them(Path(name))
        theirs_believed_by_us(Path(name))
    print(f"{time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
