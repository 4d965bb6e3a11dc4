"""An SMTP server for tests: receives over real TCP, writes every message down, refuses when it is told to.

    sink.py --dir DIR [--port PORT] [--tls none|starttls|tls] [--user NAME --password SECRET]

Prints `ready PORT`, then one line per event: `mail NUMBER` (kept), `refused CODE ADDRESS`. Every kept message is one line
of JSON in DIR/messages.jsonl, written before the client hears 250. With TLS, DIR/ca.pem is the authority to trust.

Commands, one a line on standard input, each answered with `ok`:

    refuse ADDRESS    answer 550 to this recipient from now on (`*`: to everyone)
    tempfail COUNT    answer 451 to the next COUNT recipients
    drop COUNT        close the connection after the next COUNT messages were kept, without an answer
    accept            forget all of the above
    quit              end
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

MAX_BYTES = 8 * 1024 * 1024


def emit(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def describe(number, envelope, session):
    """The message as data: envelope, headers, decoded texts, attachments, raw bytes."""
    message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    parts = []
    for part in message.walk():
        if part.is_multipart():
            continue
        text = part.get_content() if part.get_content_maintype() == "text" else None
        parts.append(
            {
                "type": part.get_content_type(),
                "language": part.get("Content-Language"),
                "name": part.get_filename(),
                "text": text,
                "size": len(part.get_payload(decode=True) or b""),
            }
        )
    return {
        "number": number,
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "tls": session.ssl is not None,
        "user": session.login_data.login.decode() if getattr(session, "login_data", None) else None,
        "subject": message["Subject"],
        "message_id": message["Message-ID"],
        "headers": [[name, str(value)] for name, value in message.items()],
        "parts": parts,
        "raw": envelope.original_content.decode("utf-8", "replace"),
    }


class Sink:
    """Keeps messages and the orders about what to refuse."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")
        self.count = 0
        self.accept()

    def accept(self):
        self.refused = set()
        self.tempfail = 0
        self.drop = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.tempfail > 0:
            self.tempfail -= 1
            emit(f"refused 451 {address}")
            return "451 4.3.0 try again later"
        if "*" in self.refused or address in self.refused:
            emit(f"refused 550 {address}")
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        line = json.dumps(describe(self.count, envelope, session), ensure_ascii=False)
        self.file.write(line + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        emit(f"mail {self.count}")
        if self.drop > 0:
            self.drop -= 1
            server.transport.abort()
        return "250 OK"

    def order(self, words):
        match words:
            case ["refuse", address]:
                self.refused.add(address)
            case ["tempfail", count]:
                self.tempfail = int(count)
            case ["drop", count]:
                self.drop = int(count)
            case ["accept"]:
                self.accept()
            case _:
                return False
        return True


def certificate(directory):
    """A context with a certificate of an authority made for this run."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(os.path.join(directory, "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def checker(user, password):
    def check(server, session, envelope, mechanism, data):
        good = (
            isinstance(data, LoginPassword)
            and data.login.decode() == user
            and data.password.decode() == password
        )
        session.login_data = data if good else None
        return AuthResult(success=good)

    return check


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--user")
    parser.add_argument("--password")
    args = parser.parse_args()

    sink = Sink(os.path.join(args.dir, "messages.jsonl"))
    context = certificate(args.dir) if args.tls != "none" else None
    starttls = args.tls == "starttls"
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(
            sink,
            hostname="localhost",
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=checker(args.user, args.password) if args.user else None,
            auth_required=bool(args.user),
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(session, "127.0.0.1", args.port, ssl=context if args.tls == "tls" else None)
    emit(f"ready {server.sockets[0].getsockname()[1]}")
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        words = line.split()
        if not line or words == ["quit"]:
            break
        emit("ok" if sink.order(words) else f"unknown {line.strip()}")
    server.close()
    # Clients that keep their connection must not hold the end up.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
