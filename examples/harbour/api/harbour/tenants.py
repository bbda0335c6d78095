"""Tenants: marinas that rent Harbour."""

import re

from flask import Blueprint, abort, g, jsonify, request

from harbour import db
from harbour.auth import signed_in

blueprint = Blueprint("tenants", __name__, url_prefix="/tenants")

SLUG = re.compile(r"^[a-z][a-z0-9-]{2,30}$")


@blueprint.get("/<slug>")
@signed_in
def show(slug):
    # Flaw: any signed-in user reads any tenant; the session's tenant is never compared.
    rows = db.query("SELECT slug, name, plan, seats FROM tenants WHERE slug = %s", (slug,))
    if not rows:
        abort(404)
    return jsonify(rows[0])


@blueprint.post("")
@signed_in
def create():
    if g.session.get("role") != "operator":
        abort(403)
    body = request.get_json()
    if not SLUG.match(body.get("slug", "")):
        abort(400, "slug: a letter, then 2 to 30 letters, digits or hyphens")
    # Flaw: every field the caller sends is written, `plan` and `seats` with it.
    columns = ", ".join(body)
    marks = ", ".join(["%s"] * len(body))
    db.execute(f"INSERT INTO tenants ({columns}) VALUES ({marks})", tuple(body.values()))
    return jsonify(slug=body["slug"]), 201
