#!/usr/bin/env python3
"""A ledger over HTTP: /health, /entries and, from version 3, /total. Usage: service.py CONFIG

The file of the configuration names version, port, data file and pid file.
"""
import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True
import book

try:
    import totals
except ImportError:
    totals = None

LOCK = threading.Lock()


def answer(config, method, path, body):
    """Status and JSON of a request."""
    with LOCK:
        data = book.load(config["data"])
        count, cents = book.count_and_sum(data)
        if (method, path) == ("GET", "/health"):
            return 200, {"ok": True, "version": config["version"], "schema": data["schema"],
                         "entries": count, "sum_cents": cents, "pid": os.getpid()}
        if (method, path) == ("GET", "/entries"):
            return 200, data["entries"]
        if (method, path) == ("POST", "/entries"):
            sent = json.loads(body)
            book.add(data, sent["note"], sent["amount"])
            book.save(config["data"], data)
            return 201, data["entries"][-1]
        if (method, path) == ("GET", "/total") and totals:
            return 200, {"total": totals.show(cents, config["locale"])}
        return 404, {"error": "there is nothing here"}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def reply(self):
        length = int(self.headers.get("Content-Length") or 0)
        try:
            status, value = answer(self.server.config, self.command, self.path,
                                   self.rfile.read(length))
        except Exception as error:  # A fault of one request must not end the service.
            status, value = 500, {"error": "%s: %s" % (type(error).__name__, error)}
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = reply

    def log_message(self, form, *values):
        print(form % values, flush=True)


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        config = json.load(source)
    server = ThreadingHTTPServer(("127.0.0.1", config["port"]), Handler)
    server.config = config
    with open(config["pid"], "w", encoding="utf-8") as target:
        target.write(str(os.getpid()))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print("ledger %s listens on %d" % (config["version"], config["port"]), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
