"""The canonical form of a run: sections 13.3 and 13.4 of docs/spec.

The fields, their order and their defaults are read from docs/manifest.md.
"""

import os
import re

import yaml

import manifest
import msgpack

PAGE = os.path.join(os.path.dirname(__file__), "../../docs/manifest.md")
MAP = re.compile(r"(.* or )?a map( of names to maps)?\Z")


class Field:
    def __init__(self, path, form, exists, default, hashed):
        self.path, self.form, self.exists = path, form, exists
        self.default, self.hashed = default, hashed
        self.name = re.sub(r".*\.", "", path).replace("[]", "")

    def exists_in(self, written):
        if not self.exists:
            return True
        name, words = self.exists.split("=")
        return written.get(name) in words.split("|")


def fields():
    """The items of the part `run`, by the path of the map that they are in."""
    with open(PAGE, encoding="utf-8") as page:
        items = " ".join(page.read().split("## The part run")[1].split())
        items = items.replace("| ", "|")
    found = {}
    for path, form, exists, default in re.findall(
            r"- `run\.(\S+)` \((.*?)(?:; with (\S+))?; "
            r"(required|optional|optional; not part of the run's hash|default .*?)\): ",
            items):
        path = path.replace(".NAME", "[]")
        hashed = "not part" not in default
        default = {"required": "", "optional": "absent"}.get(
            default.split(";")[0], default[8:])
        found.setdefault(path.rpartition(".")[0], []).append(
            Field(path, form, exists, default, hashed))
    found["other_data[]"] = found["data"]
    return found


FIELDS = fields()
NAMED = [field.path + "[]" for part in FIELDS.values() for field in part
         if field.form == "a map of names to maps"]


def listed(field, value):
    """A list of maps, or of what the text below the table says of the field's items."""
    value = value if isinstance(value, list) else [value]
    if field.path + "[]" in FIELDS:
        return [mapping(field.path + "[]", item) for item in value]
    if field.name == "mean_over":
        return [word for word in ("samples", "outputs") if word in value]
    reals = field.name in ("betas", "amplitudes", "values", "times", "nbeta", "lr")
    return [float(item) if reals and item != "inf" else item for item in value]


def typed(field, value):
    """A value as its field wants it: reals as float, maps and lists filled in."""
    if field.form == "a map of names to maps":
        return [{"name": name} | mapping(field.path + "[]", item)
                for name, item in value.items()]
    if isinstance(value, dict):
        return mapping(field.path, value)
    if field.form.startswith("a list"):
        return listed(field, value)
    if "a number" in field.form and not isinstance(value, str):
        return float(value)
    return value


def default(field):
    return manifest.value(yaml.compose(field.default, yaml.BaseLoader))


def mapping(path, written):
    """All fields of a map in the table's order, defaults filled in."""
    filled = {}
    for field in FIELDS[path]:
        if field.name in written and field.exists_in(filled):
            filled[field.name] = typed(field, written[field.name])
        elif field.default not in ("", "absent") and field.exists_in(filled):
            filled[field.name] = typed(field, default(field))
    return filled


def complete(run):
    """The part `run` with every default filled in."""
    return mapping("", run)


def without_defaults(path, filled):
    """Section 13.3: what is left of a map when fields equal to their default are gone."""
    left = {"name": filled["name"]} if path in NAMED else {}
    for field in FIELDS[path]:
        if field.name not in filled or not field.hashed or not field.exists_in(filled):
            continue
        value = stripped(field, filled[field.name])
        if field.default not in ("", "absent"):
            plain = stripped(field, typed(field, default(field)))
            if msgpack.pack(plain) == msgpack.pack(value):
                continue
        left[field.name] = value
    return left


def stripped(field, value):
    if isinstance(value, dict):
        return without_defaults(field.path, value)
    if isinstance(value, list) and field.path + "[]" in FIELDS:
        return [without_defaults(field.path + "[]", item) for item in value]
    return value


def form(run):
    """The canonical bytes of a run that `complete` made."""
    return msgpack.pack(without_defaults("", run))
