"""Starts the server, carries releases through it, then lets schemathesis ask it whatever the OpenAPI document allows,
as a manager, an approver and a contact of a site. Fails on a finding, on an operation that never went well and is not
listed, on too few requests, and when somebody met nothing but refusals."""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

from server import Api, Server
from world import World

HERE = pathlib.Path(__file__).resolve().parent
REQUESTS_MIN = 2000
# Most of what is invented has to be refused; so many calls of each of the three have to go well all the same.
# A contact meets three things of one site and is turned away everywhere else.
GOOD_MIN = {"manager": 100, "approver": 60, "contact": 15}
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,ignored_auth"
)


# The stream of changes has no end; the warm-up reads it.
ENDLESS = "list_events"
# Ends the session it is called with, so it is tried with one of its own.
ENDING = "sign_out"


def fuzz(server, who, token, known, notes, choice):
    """Starts schemathesis as somebody; gives the process and its log."""
    command = [str(pathlib.Path(sys.executable).with_name("st")), "run", f"{server.url}/api/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--checks", CHECKS, "--no-color"]
    command += ["--phases", "coverage,fuzzing", "--seed", "2027", "--request-timeout", "20"]
    command += ["--generation-database", "none", "--suppress-health-check", "all", "--continue-on-failure"]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "FUZZ_KNOWN": json.dumps({**known, "who": who}),
        "FUZZ_NOTES": notes,
    }
    log = open(f"{server.folder.name}/{who}-{choice[1]}.log", "w+", encoding="utf-8")
    run = subprocess.Popen(
        command + choice, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=server.folder.name
    )
    return who, run, log


def everybody(server, known, notes, examples):
    """The three at the same time; gives what schemathesis found."""
    rest = ["--exclude-operation-id", ENDLESS, "--exclude-operation-id", ENDING, "--max-examples", str(examples)]
    end = ["--include-operation-id", ENDING, "--max-examples", "5"]
    runs = [fuzz(server, who, it["token"], it, notes, rest) for who, it in known.items()]
    runs += [fuzz(server, who, it["spare"], it, notes, end) for who, it in known.items()]
    faults = []
    for who, run, log in runs:
        if run.wait() != 0:
            log.seek(0)
            print(f"--- {who}\n{log.read()}")
            faults.append(f"schemathesis as {who}: status {run.returncode}")
        log.close()
    return faults


def listed():
    """Operations that may stay without success, each with its reason."""
    lines = (HERE / "never.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(None, 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


def judge(api, notes):
    """What is wrong with the run as a whole."""
    faults = []
    counts = collections.Counter()
    kinds = collections.Counter()
    good = {name for name, status in api.seen if status < 300}
    for line in notes.read_text(encoding="utf-8").splitlines():
        who, name, status = json.loads(line)
        counts[who, f"{status // 100}xx"] += 1
        kinds[status] += 1
        if status < 300:
            good.add(name)
    everybody = sorted({who for who, _ in counts})
    total = sum(counts.values())
    for who in everybody:
        mine = {kind: counts[who, kind] for kind in ("2xx", "4xx", "5xx")}
        print(f"{who:<9} {mine}")
        if mine["2xx"] < GOOD_MIN[who]:
            faults.append(f"{who} met almost nothing but refusals")
    if len(everybody) != 3 or total < REQUESTS_MIN:
        faults.append(f"only {total} requests as {everybody}")
    print(" ".join(f"{status}:{count}" for status, count in sorted(kinds.items())))
    reasons = listed()
    never = set(api.operations) - good
    faults += [f"{name} never went well" for name in sorted(never - set(reasons))]
    faults += [f"{name} is listed in never.txt and went well" for name in sorted(set(reasons) - never)]
    print(f"{len(good)} of {len(api.operations)} operations went well at least once; {len(reasons)} are listed")
    print(f"inputs: {total} requests")
    return faults


def main():
    """Everything, in order."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binary")
    arguments.add_argument("--examples", type=int, default=5)
    given = arguments.parse_args()
    faults = []
    with Server(given.binary) as server:
        api = Api(server.url)
        world = World(api)
        world.found(server.code())
        world.go_live(world.drill())
        world.others()
        notes = pathlib.Path(server.folder.name) / "notes.jsonl"
        known = world.known()
        faults += everybody(server, world.known(), str(notes), given.examples)
        faults += judge(api, notes)
        if " ERROR " in server.said():
            faults.append(f"the server's log has errors: {server.said()[-2000:]}")
    for fault in faults:
        print(f"fault: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
