"""Documents that tenants upload: contracts, insurance papers, berth plans."""

import os
import tarfile

from flask import Blueprint, abort, current_app, g, jsonify, request, send_file
from werkzeug.utils import secure_filename

from harbour.auth import signed_in

blueprint = Blueprint("files", __name__, url_prefix="/files")


def tenant_root():
    return os.path.join(current_app.config["UPLOAD_ROOT"], g.tenant)


@blueprint.post("")
@signed_in
def upload():
    sent = request.files["file"]
    name = secure_filename(sent.filename)
    os.makedirs(tenant_root(), mode=0o750, exist_ok=True)
    # Not a flaw: the name has gone through secure_filename.
    sent.save(os.path.join(tenant_root(), name))
    return jsonify(name=name), 201


@blueprint.get("/<path:name>")
@signed_in
def download(name):
    # Flaw: `../other-tenant/contract.pdf` leaves the tenant's directory.
    path = os.path.join(tenant_root(), name)
    if not os.path.exists(path):
        abort(404)
    return send_file(path)


@blueprint.post("/import")
@signed_in
def import_archive():
    archive = tarfile.open(fileobj=request.files["archive"].stream)
    # Flaw: members named `../../x` or links out of the directory are followed.
    archive.extractall(tenant_root())
    return jsonify(imported=len(archive.getmembers()))
