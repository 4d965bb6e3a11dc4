"""Clients that others wrote against a running server: the crate `hawkbit` (an update, a stop, a consent) and swupdate
from Debian (a full update of a signed file). Usage: run.py ROADBOOK INTEROP"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
PASSWORD = "quiet harbor lamp"
# Some clients never say that an installation is over before the next start of the machine.
WITHIN = 90


class Api:
    def __init__(self, base):
        self.base, self.token, self.keys = base, None, 0

    def call(self, method, path, body=None, raw=None):
        self.keys += 1
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        request = urllib.request.Request(self.base + "/api/v1" + path, data=data, method=method)
        kind = "application/octet-stream" if raw is not None else "application/json"
        request.add_header("content-type", kind)
        request.add_header("idempotency-key", f"interop-{self.keys}")
        if self.token:
            request.add_header("authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, body or {})

    def put(self, path, body):
        return self.call("PUT", path, body)


def start(roadbook, data):
    server = subprocess.Popen(
        [roadbook, "serve", "--data", data, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    code = None
    for line in server.stderr:
        if "/setup?token=" in line:
            code = line.split("token=")[1].strip()
            break
    base = server.stdout.readline().strip().removeprefix("listening on ")
    # Nobody reads the log any more; a full pipe must not stop the server.
    subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
    return server, base, code


def set_up(api, code):
    api.post("/setup", {
        "code": code, "organization": "Interop", "zone": "UTC", "lang": "en", "name": "Ada",
        "login": "ada", "password": PASSWORD, "email": "",
    })
    told = api.post("/session", {"login": "ada", "password": PASSWORD})
    api.token = told["token"]
    api.post(f"/people/{told['me']['id']}/roles", {"role": "lead", "scope": "all"})
    return told["me"]


def sites(api):
    """The sites with the tokens of their clients; one of them wants to be asked."""
    tokens = {}
    for name, authority in [("update", "vendor"), ("cancel", "vendor"), ("confirm", "customer"),
                            ("swupdate", "vendor")]:
        api.post("/sites", {
            "key": name, "name": f"Site {name}", "zone": "UTC", "lang": "en",
            "update_authority": authority, "tags": ["interop"],
        })
        secret = api.post(f"/sites/{name}/agent-token")["secret"]
        told = api.post("/agents/enroll", {"token": secret, "program": f"interop {name}"})
        tokens[name] = told["token"]
    return tokens


def release(api, me, files, names):
    api.post("/processes", {"text": (HERE / "process.toml").read_text(), "note": "interop"})
    api.post("/products", {"key": "board", "name": "Board", "scheme": "semver"})
    packages = []
    for name, bytes_ in files:
        query = urllib.parse.urlencode({"name": name, "kind": "file", "version": "1.0.0"})
        made = api.call("POST", f"/products/board/artifacts?{query}", raw=bytes_)
        packages.append({"name": name, "sha256": made["id"]})
    made = api.post("/releases", {
        "product": "board", "process": "interop/line", "version": "1.0.0", "title": "First",
        "kind": "upgrade", "lead": me["id"], "sites": names,
        "items": [{"title": {"en": "x"}, "kind": "feature"}],
    })
    at = f"/releases/{made['id']}"
    api.put(at, {"packages": packages})
    api.post(f"{at}/start")
    api.put(f"{at}/documents/rollback_plan", {"text": "# Back\n\nas before\n"})
    api.post(f"{at}/steps/papers/done")
    api.post(f"{at}/steps/verdict/decide", {"outcome": "go"})
    return made["id"], packages


def order_of(api, site, states):
    """The newest order of a site, once it is in one of these states."""
    for _ in range(WITHIN * 2):
        orders = api.get(f"/sites/{site}/agent")["orders"]
        if orders and orders[0]["state"] in states:
            return orders[0]
        time.sleep(0.5)
    raise SystemExit(f"{site}: no order in {states}: {orders}")


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} where {wanted!r} belongs")
    print(f"ok: {what}: {found}")


def crate(program, base, api, tokens, sha256):
    def run(scenario):
        return subprocess.Popen(
            [program, scenario, base, scenario, tokens[scenario], sha256],
            stdout=subprocess.PIPE, text=True,
        )

    for scenario in ("update", "confirm"):
        client = run(scenario)
        said, _ = client.communicate(timeout=WITHIN * 2)
        expect(f"hawkbit {scenario} ends", client.returncode, 0)
        print(said.strip())
        order = order_of(api, scenario, ["closed"])
        expect(f"hawkbit {scenario}", order["outcome"], "installed")
        if scenario == "confirm":
            expect("it was asked first", "confirmed" in said, True)
    client = run("cancel")
    for line in client.stdout:
        if line.startswith("running "):
            api.post(f"/actions/{line.split()[1].rstrip(',')}/cancel", {"reason": "interop"})
            break
    client.communicate(timeout=WITHIN * 2)
    expect("hawkbit cancel ends", client.returncode, 0)
    expect("hawkbit cancel", order_of(api, "cancel", ["closed"])["outcome"], "canceled")


def signed_swu(folder):
    """A signed file as Debian's swupdate demands it, and the certificate to check it with."""
    def sh(text):
        subprocess.run(text, shell=True, check=True, cwd=folder, capture_output=True)

    payload = b"hello from the release\n" * 64
    (folder / "payload").write_bytes(payload)
    (folder / "sw-description").write_text(
        'software = {\n  version = "1.0.0";\n  hardware-compatibility: [ "1.0" ];\n'
        '  files: ( { filename = "payload"; path = "%s"; sha256 = "%s"; } );\n}\n'
        % (folder / "installed", hashlib.sha256(payload).hexdigest())
    )
    sh("openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 2 "
       "-subj /CN=interop -addext extendedKeyUsage=emailProtection "
       "-addext keyUsage=digitalSignature")
    sh("openssl cms -sign -in sw-description -out sw-description.sig -signer c.pem -inkey k.pem "
       "-outform DER -nosmimecap -binary")
    sh("printf 'sw-description\\nsw-description.sig\\npayload\\n' | cpio -o -H crc > app.swu")
    return (folder / "app.swu").read_bytes()


def swupdate(base, api, tokens, folder):
    """It installs, and says so after the next start, which a second call stands for."""
    Path("/etc/hwrevision").write_text("board 1.0\n")
    suricatta = f"-t DEFAULT -u {base} -i swupdate -k {tokens['swupdate']} -p 2"
    common = ["swupdate", "-v", "-M", "-m", "-H", "board:1.0", "-k", str(folder / "c.pem"), "-u"]
    log = open(folder / "swupdate.log", "w")
    client = subprocess.Popen([*common, suricatta], stdout=log, stderr=log, cwd=folder)
    try:
        installed = folder / "installed"
        for _ in range(WITHIN * 2):
            if installed.exists() and b"All Chunks Installed" in (folder / "swupdate.log").read_bytes():
                break
            if client.poll() is not None:
                break
            time.sleep(0.5)
    finally:
        client.terminate()
        client.wait(timeout=20)
    if not installed.exists():
        sys.stderr.write((folder / "swupdate.log").read_text()[-4000:])
        raise SystemExit("swupdate installed nothing")
    expect("swupdate installed", installed.read_bytes()[:5], b"hello")
    order = order_of(api, "swupdate", ["running", "closed"])
    if order["state"] != "closed":
        client = subprocess.Popen([*common, suricatta + " -c 2"], stdout=log, stderr=log, cwd=folder)
        try:
            order = order_of(api, "swupdate", ["closed"])
        finally:
            client.terminate()
            client.wait(timeout=20)
    expect("swupdate", order["outcome"], "installed")


def main():
    roadbook, program = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "swu"
        folder.mkdir()
        file = signed_swu(folder)
        server, base, code = start(roadbook, os.path.join(place, "data"))
        try:
            api = Api(base)
            me = set_up(api, code)
            tokens = sites(api)
            release(api, me, [("app.swu", file)], list(tokens))
            order_of(api, "update", ["ordered"])
            crate(program, base, api, tokens, hashlib.sha256(file).hexdigest())
            swupdate(base, api, tokens, folder)
        finally:
            server.terminate()
            server.wait(timeout=20)
    print("inputs: 4 updates, stops and consents of clients that others wrote")


main()
