"""Totals as people of a place write them. Whoever wrote this forgot the places in between: a site
with another locale gets an error instead of a total, and its check finds that."""

MARKS = {"en": (",", "."), "ko": (",", "."), "zh": (",", "."), "vi": (".", ",")}


def show(cents, locale):
    group, point = MARKS[locale]
    whole, part = divmod(abs(cents), 100)
    text = "{:,}".format(whole).replace(",", group)
    return "%s%s%s%02d" % ("-" if cents < 0 else "", text, point, part)
