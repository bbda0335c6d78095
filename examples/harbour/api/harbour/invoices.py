"""Invoices of a tenant."""

from flask import Blueprint, abort, g, jsonify, render_template_string, request

from harbour import db
from harbour.auth import signed_in

blueprint = Blueprint("invoices", __name__, url_prefix="/invoices")

COLUMNS = {"number", "issued", "due", "total_cents"}


@blueprint.get("")
@signed_in
def listing():
    order = request.args.get("order", "issued")
    if order not in COLUMNS:
        abort(400)
    # Not a flaw: `order` is one of four words.
    return jsonify(db.query(f"SELECT * FROM invoices WHERE tenant = %s ORDER BY {order}", (g.tenant,)))


@blueprint.get("/search")
@signed_in
def search():
    text = request.args.get("q", "")
    # Flaw: the text goes into the statement.
    return jsonify(db.query(f"SELECT number, customer, total_cents FROM invoices WHERE tenant = '{g.tenant}' AND customer ILIKE '%{text}%'"))


@blueprint.get("/<int:number>")
@signed_in
def show(number):
    rows = db.query("SELECT * FROM invoices WHERE tenant = %s AND number = %s", (g.tenant, number))
    if not rows:
        abort(404)
    return jsonify(rows[0])


@blueprint.post("/<int:number>/preview")
@signed_in
def preview(number):
    # Flaw: the caller's text is compiled as a template.
    template = request.get_json()["template"]
    rows = db.query("SELECT * FROM invoices WHERE tenant = %s AND number = %s", (g.tenant, number))
    return render_template_string(template, invoice=rows[0] if rows else None)
