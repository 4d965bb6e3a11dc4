"""The data file of version 1: amounts are decimal texts, "12.50"."""
import json
import os

SCHEMA = 1


class Wrong(Exception):
    """The data are not what they should be."""


def save(path, value):
    """Writes a file as a whole: after a cut it is the old or the new one."""
    with open(path + ".new", "w", encoding="utf-8") as target:
        json.dump(value, target, indent=1)
        target.flush()
        os.fsync(target.fileno())
    os.replace(path + ".new", path)


def load(path):
    """The data; a site that begins has three entries to look at."""
    if not os.path.exists(path):
        data = {"schema": SCHEMA, "entries": []}
        for note, amount in (("opening balance", "1000.00"), ("rent", "-420.50"), ("sale", "99.95")):
            add(data, note, amount)
        save(path, data)
    with open(path, encoding="utf-8") as source:
        data = json.load(source)
    if data["schema"] != SCHEMA:
        raise Wrong("the data have schema %s, this version reads %d" % (data["schema"], SCHEMA))
    return data


def cents(text):
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, part = text.partition(".")
    if not whole.isdigit() or len(part) > 2 or (part and not part.isdigit()):
        raise Wrong("`%s` is no amount" % text)
    return sign * (int(whole) * 100 + int((part + "00")[:2]))


def add(data, note, amount):
    cents(amount)
    data["entries"].append({"id": len(data["entries"]) + 1, "note": note, "amount": amount})


def count_and_sum(data):
    return len(data["entries"]), sum(cents(entry["amount"]) for entry in data["entries"])


def migrate(path):
    load(path)
    return "nothing to migrate"
