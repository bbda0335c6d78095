import json
from pathlib import Path

from harbour.auth import hash_password

FIXTURES = Path(__file__).parent / "fixtures"

# Test doubles, not credentials.
PASSWORD = "not-a-real-password"
TOKEN = "test-token"


def test_the_same_password_and_salt_give_the_same_hash():
    assert hash_password(PASSWORD, "salt") == hash_password(PASSWORD, "salt")


def test_a_recorded_session_has_three_parts():
    session = json.loads((FIXTURES / "session.json").read_text())
    assert session["token"].count(".") == 2
