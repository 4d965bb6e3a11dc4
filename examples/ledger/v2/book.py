"""The data file from version 2 on: amounts are whole cents, 1250."""
import json
import os

SCHEMA = 2


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
    """The data; a site that begins has an empty book."""
    if not os.path.exists(path):
        save(path, {"schema": SCHEMA, "entries": []})
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
    data["entries"].append({"id": len(data["entries"]) + 1, "note": note, "cents": cents(amount)})


def count_and_sum(data):
    return len(data["entries"]), sum(entry["cents"] for entry in data["entries"])


def migrate(path):
    """From texts to cents. The new file takes the place of the old one only when it holds as many
    entries with the same sum; run again, it finds the work done."""
    if not os.path.exists(path):
        load(path)
        return "there were no data; an empty book was made"
    with open(path, encoding="utf-8") as source:
        old = json.load(source)
    if old["schema"] == SCHEMA:
        return "the data have schema 2 already: %d entries, sum %d cents" % count_and_sum(old)
    before = len(old["entries"]), sum(cents(entry["amount"]) for entry in old["entries"])
    entries = [{"id": entry["id"], "note": entry["note"], "cents": cents(entry["amount"])}
               for entry in old["entries"]]
    save(path + ".migrated", {"schema": SCHEMA, "entries": entries})
    with open(path + ".migrated", encoding="utf-8") as source:
        after = count_and_sum(json.load(source))
    if before != after:
        raise Wrong("before: %d entries, %d cents; after: %d entries, %d cents" % (before + after))
    os.replace(path + ".migrated", path)
    return "%d entries, sum %d cents, before and after" % after
