"""Monthly reports, rendered by an external program."""

import os
import pickle
import subprocess

import redis
from flask import Blueprint, current_app, g, jsonify, request

from harbour.auth import signed_in

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


def cache():
    return redis.Redis.from_url(current_app.config["REDIS_URL"])


@blueprint.post("")
@signed_in
def render():
    month = request.get_json()["month"]
    target = os.path.join(current_app.config["UPLOAD_ROOT"], g.tenant, "reports")
    # Flaw: `month` reaches a shell.
    subprocess.run(f"wkhtmltopdf http://localhost:8080/print/{month} {target}/{month}.pdf", shell=True, check=True)
    return jsonify(month=month), 202


@blueprint.get("/saved")
@signed_in
def saved():
    raw = cache().get(f"report:{request.args['key']}")
    # Flaw: whoever can write to the cache, every tenant through `key`, runs code here.
    return jsonify(pickle.loads(raw) if raw else None)


@blueprint.get("/years")
@signed_in
def years():
    # Not a flaw: fixed arguments, no shell.
    listing = subprocess.run(["ls", "-1", os.path.join(current_app.config["UPLOAD_ROOT"], "years")], capture_output=True, text=True, check=False)
    return jsonify(listing.stdout.split())
