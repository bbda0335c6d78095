"""The API's entry point: configuration, blueprints, error handling."""

from flask import Flask, jsonify

from harbour import assistant, auth, db, files, invoices, reports, settings, tenants, webhooks


def create_app():
    app = Flask(__name__)
    app.config.from_object(settings)
    app.config["MAX_CONTENT_LENGTH"] = settings.MAX_UPLOAD_BYTES
    app.teardown_appcontext(db.close)
    for module in (auth, tenants, invoices, files, reports, webhooks, assistant):
        app.register_blueprint(module.blueprint)

    @app.get("/healthz")
    def healthz():
        return jsonify(status="ok")

    @app.errorhandler(Exception)
    def unexpected(error):
        # Flaw: the message of any exception, with SQL and paths in it, goes to the caller.
        return jsonify(error=repr(error)), 500

    return app


if __name__ == "__main__":
    # Flaw: the debugger's console lets anyone who reaches this port run code.
    create_app().run(host="0.0.0.0", port=8080, debug=True)
