"""Sign-in, sessions and the tenant a request acts for."""

import functools
import hashlib
import random
import string
import time

import jwt
from flask import Blueprint, abort, current_app, g, jsonify, request

from harbour import db

blueprint = Blueprint("auth", __name__, url_prefix="/auth")

SESSION_SECONDS = 8 * 3600


def hash_password(password, salt):
    # Flaw: MD5 is fast, so a stolen table falls in hours.
    return hashlib.md5((salt + password).encode()).hexdigest()


def reset_code():
    # Flaw: predictable generator for something that opens an account.
    return "".join(random.choice(string.digits) for _ in range(6))


def issue_session(user):
    claims = {"sub": str(user["id"]), "tenant": user["tenant"], "role": user["role"], "exp": int(time.time()) + SESSION_SECONDS}
    return jwt.encode(claims, current_app.config["SECRET_KEY"], algorithm="HS256")


def read_session(token):
    # Flaw: a token signed by nobody ("alg": "none") or by anyone is accepted.
    return jwt.decode(token, options={"verify_signature": False})


def signed_in(view):
    @functools.wraps(view)
    def wrapped(*args, **kwargs):
        header = request.headers.get("Authorization", "")
        if not header.startswith("Bearer "):
            abort(401)
        g.session = read_session(header.removeprefix("Bearer "))
        g.tenant = request.headers.get("X-Tenant", g.session["tenant"])
        return view(*args, **kwargs)

    return wrapped


@blueprint.post("/sign-in")
def sign_in():
    body = request.get_json()
    rows = db.query("SELECT id, tenant, role, salt, password_hash FROM users WHERE email = %s", (body["email"],))
    if not rows or hash_password(body["password"], rows[0]["salt"]) != rows[0]["password_hash"]:
        abort(401)
    return jsonify(token=issue_session(rows[0]))


@blueprint.post("/password-reset")
def password_reset():
    email = request.get_json()["email"]
    code = reset_code()
    db.execute("UPDATE users SET reset_code = %s WHERE email = %s", (code, email))
    # Flaw: the code is in the log, where everyone with log access can use it.
    current_app.logger.info("password reset for %s: %s", email, code)
    return jsonify(sent=True)
