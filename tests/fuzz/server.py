"""The real server over an empty folder, and calls by the names of its OpenAPI document."""

import itertools
import re
import socket
import subprocess
import sys
import tempfile
import time

import requests
from aiosmtpd.controller import Controller



class Mail:
    """Takes every mail but those to one site, so that there are dead letters too."""

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        """Answers one recipient."""
        if address.endswith("@site-4.example"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, _envelope):
        """Keeps nothing."""
        return "250 OK"


class Server:
    """`roadbook serve` on a free port; ends with the block it is used in."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="roadbook-fuzz-")
        self.errors = open(f"{self.folder.name}/server.log", "w+", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.mail = Controller(Mail(), hostname="127.0.0.1", port=port)
        self.mail.start()
        config = f"{self.folder.name}/roadbook.toml"
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[mail]\nurl = "smtp://127.0.0.1:{port}"\nfrom = "releases@hanbada.example"\n')
        command = [binary, "serve", "--config", config, "--data", f"{self.folder.name}/data", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"the server did not start: {line} {self.said()}")
        self.url = line.split()[-1]

    def said(self):
        """What the server wrote to its log."""
        self.errors.flush()
        with open(self.errors.name, encoding="utf-8") as log:
            return log.read()

    def code(self):
        """The one-time code of the set-up link."""
        return re.search(r"token=(\S+)", self.said()).group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.mail.stop()
        self.errors.close()
        self.folder.cleanup()


class Api:
    """Calls by operation id. Every answer is noted, so that coverage can be told."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.keys = itertools.count()
        self.seen = []
        self.operations = {}
        document = self.http.get(f"{url}/api/v1/openapi.json", timeout=30).json()
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                self.operations[operation["operationId"]] = (method.upper(), path, operation)

    def call(self, token, name, body=None, *, query=None, data=None, media=None, headers=None, **path):
        """One call; gives the answer, whatever it is."""
        method, template, operation = self.operations[name]
        quoted = {key: requests.utils.quote(str(value), safe="") for key, value in path.items()}
        head = {"Authorization": f"Bearer {token}"} if token else {}
        if method != "GET":
            head["Idempotency-Key"] = f"warm-{next(self.keys)}"
            if data is None:
                body = {} if body is None else body
            else:
                head["Content-Type"] = media
        head.update(headers or {})
        answer = self.http.request(
            method,
            self.url + template.format(**quoted),
            json=body,
            data=data,
            params=query,
            headers=head,
            timeout=30,
            stream=name == "list_events",
        )
        self.seen.append((name, answer.status_code))
        return answer

    def must(self, token, name, body=None, **rest):
        """A call that has to go well."""
        answer = self.call(token, name, body, **rest)
        if answer.status_code >= 300:
            raise SystemExit(f"error: {name} {rest} {body}: {answer.status_code} {answer.text}")
        kind = answer.headers.get("content-type", "")
        return answer.json() if kind == "application/json" else answer.content

    def until(self, token, name, fits, *, seconds=30, **rest):
        """Asks until the answer fits: some things are done by the server's own work."""
        end = time.monotonic() + seconds
        while True:
            found = self.must(token, name, **rest)
            if fits(found):
                return found
            if time.monotonic() > end:
                raise SystemExit(f"error: {name} {rest} stayed {found}")
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit("this is a part of tests/fuzz/run.py")
