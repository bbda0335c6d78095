"""Tenants' own systems are told when an invoice is paid."""

import hmac
from xml.etree import ElementTree

import requests
import yaml
from flask import Blueprint, abort, current_app, jsonify, request

from harbour.auth import signed_in

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.post("/test")
@signed_in
def try_out():
    # Flaw: the server fetches any address, the cloud's metadata service with it, and certificates are not verified.
    answer = requests.get(request.get_json()["url"], timeout=5, verify=False)
    return jsonify(status=answer.status_code, body=answer.text[:2000])


@blueprint.post("/import-mapping")
@signed_in
def import_mapping():
    # Flaw: yaml.load with the full loader builds arbitrary objects.
    return jsonify(yaml.load(request.data, Loader=yaml.Loader))


@blueprint.post("/bank-statement")
@signed_in
def bank_statement():
    tree = ElementTree.fromstring(request.data)
    return jsonify(entries=len(tree.findall(".//Ntry")))


@blueprint.post("/payments")
def payments():
    expected = hmac.new(current_app.config["SECRET_KEY"].encode(), request.data, "sha256").hexdigest()
    # Flaw: a plain comparison tells, by its time, how many characters were right.
    if request.headers.get("X-Signature") != expected:
        abort(401)
    return jsonify(received=True)
