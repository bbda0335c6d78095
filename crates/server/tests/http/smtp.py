"""A mail server for tests: takes on what comes over TLS with the right password, and writes it down.

smtp.py MODE PASSWORD, where MODE is tls, starttls or none; certificate and key are server.crt and server.key here. The port goes into `port`,
and each message as a line of JSON into `taken`.
"""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

MODE, PASSWORD = sys.argv[1:]


class Taken:
    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        with Path("taken").open("a") as taken:
            json.dump({
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "tls": session.ssl is not None or MODE == "tls",
                "subject": message["subject"],
                "bcc": message["bcc"],
                "text": message.get_content(),
            }, taken)
            taken.write("\n")
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    known = data.login == b"bartizan" and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=False)


async def serve():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("server.crt", "server.key")
    starttls = {"tls_context": context, "require_starttls": True} if MODE == "starttls" else {"auth_require_tls": False}

    def session():
        return SMTP(Taken(), authenticator=authenticate, auth_required=True, hostname="localhost", **starttls)

    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", 0, ssl=context if MODE == "tls" else None)
    Path("port.part").write_text(str(server.sockets[0].getsockname()[1]))
    Path("port.part").rename("port")
    await server.serve_forever()


asyncio.run(serve())
