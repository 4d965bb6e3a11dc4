"""What schemathesis does besides: known ids in most requests, a key of its own in each, and a note of every answer."""

import itertools
import json
import os
import random

import schemathesis
from hypothesis import strategies as st

KNOWN = json.loads(os.environ["FUZZ_KNOWN"])
NOTES = open(os.environ["FUZZ_NOTES"], "a", encoding="utf-8", buffering=1)
KEYS = itertools.count()


COLUMNS = ["key", "name", "login", "site", "lang", "zone", "unit", "email", "kind", "roles", "tags", "version", "product"]
CELLS = st.sampled_from(["", "suwon", "수원", "ko", "Asia/Seoul", "site-1", "a@b.example", "member", '"', "x" * 300]) | st.text(
    max_size=12
)


@st.composite
def tables(draw):
    """A list as people paste it: mostly sound, sometimes not."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=6))
    rows = draw(st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=4))
    lines = [",".join(columns), *(",".join(row) for row in rows)]
    return "\n".join(lines).encode("utf-8", "replace")


schemathesis.openapi.media_type("text/csv", tables())


@schemathesis.serializer("text/csv")
def csv(_context, value):
    """Bytes go as they are."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def dice(case):
    """The same for the same input, so that a run can be repeated."""
    return random.Random(f"{case.operation.label} {case.path_parameters} {case.query} {case.body}")


def named(operation):
    """The operation's id."""
    return operation.definition.raw["operationId"]


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Invented ids lead nowhere; four of five requests get ids that exist."""
    chance = dice(case)
    for key in list(case.path_parameters or {}):
        if key in KNOWN and chance.random() < 0.8:
            case.path_parameters[key] = chance.choice(KNOWN[key])
    if isinstance(case.body, dict):
        for key in list(case.body):
            if key in KNOWN["fields"] and chance.random() < 0.7:
                case.body[key] = chance.choice(KNOWN["fields"][key])
            elif case.body[key] == "" and chance.random() < 0.5:
                case.body[key] = "because"
    headers = case.headers if case.headers is not None else {}
    if "Idempotency-Key" in headers and chance.random() < 0.9:
        headers["Idempotency-Key"] = f"fuzz-{KNOWN['who']}-{os.getpid()}-{next(KEYS)}"
        if chance.random() < 0.9:
            headers.pop("If-Match", None)


@schemathesis.hook
def after_call(_context, case, response):
    """Notes what was asked and answered."""
    NOTES.write(json.dumps([KNOWN["who"], named(case.operation), response.status_code]) + "\n")
