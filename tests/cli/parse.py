"""Reads files with parsers that are not sltrace's.  Of each line of its input, words that
are KIND:FILE in hexadecimal, it writes a line: a JSON list with a pair for each, whether it
is well-formed, and what was read (or why it is not)."""

import csv
import html.parser
import io
import json
import os
import sys
import xml.etree.ElementTree

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
        "source", "track", "wbr"}


def unique(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def no_number(text):
    raise ValueError(text + " is no JSON")


def read_json(content):
    return json.loads(content, object_pairs_hook=unique, parse_constant=no_number)


def read_csv(content):
    rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    if len({len(row) for row in rows}) > 1:
        raise ValueError("rows of several lengths")
    return rows


def read_xml(content):
    root = xml.etree.ElementTree.fromstring(content.encode())
    return [[one.tag.rpartition("}")[2], one.text or "", sorted(one.attrib)]
            for one in root.iter()]


# What a report of JUnit may have: the attributes that each element needs, those that it may
# have besides, and what may be in it (junit-10.xsd of Jenkins; GitLab takes the same).
JUNIT = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"},
                  {"skipped", "time", "timestamp", "hostname", "id", "package"},
                  {"properties", "testcase", "system-out", "system-err"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"classname", "time"},
                 {"skipped", "error", "failure", "system-out"}),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}


def check_junit(element):
    needs, may, inner = JUNIT[element.tag]
    here = set(element.attrib)
    if needs - here or here - needs - may:
        raise ValueError(f"{element.tag}: attributes {sorted(here)}")
    for one in element:
        if one.tag not in inner:
            raise ValueError(f"{one.tag} in {element.tag}")
        check_junit(one)


def check_counts(element, skipped):
    count = {"tests": len(list(element.iter("testcase")))}
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        count[name] = len(list(element.iter(tag)))
    for name in count:
        if (name != "skipped" or skipped) and element.get(name) != str(count[name]):
            raise ValueError(f"{element.tag}: {name} is not {count[name]}")


def read_junit(content):
    root = xml.etree.ElementTree.fromstring(content.encode())
    if root.tag != "testsuites":
        raise ValueError(root.tag)
    check_junit(root)
    check_counts(root, False)
    for suite in root:
        check_counts(suite, True)
    return [{"name": suite.get("name"),
             "properties": {one.get("name"): one.get("value")
                            for one in suite.iter("property")},
             "cases": [dict(case.attrib, inner=[[one.tag, one.get("type"),
                                                 one.get("message"), one.text]
                                                for one in case])
                       for case in suite.iter("testcase")]} for suite in root]


def read_yaml(content):
    import yaml
    return yaml.safe_load(content)


class Page(html.parser.HTMLParser):
    """Elements must nest; [name, its text] of each."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.found = [], []

    def handle_starttag(self, tag, attributes):
        self.found.append([tag, "", sorted(name for name, _ in attributes)])
        if tag not in VOID:
            self.open.append(self.found[-1])

    def handle_startendtag(self, tag, attributes):
        self.found.append([tag, "", sorted(name for name, _ in attributes)])

    def handle_data(self, text):
        if self.open:
            self.open[-1][1] += text
        elif text.strip():
            raise ValueError("text outside of elements: " + text)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()[0] != tag:
            raise ValueError("</" + tag + "> closes nothing")


def read_html(content):
    page = Page()
    page.feed(content)
    page.close()
    if page.open:
        raise ValueError(page.open[-1][0] + " is never closed")
    return page.found


READERS = {"json": read_json, "csv": read_csv, "xml": read_xml, "yaml": read_yaml,
           "html": read_html, "junit": read_junit}


def read(kind, name):
    try:
        with open(name, "rb") as file:
            content = file.read().decode("utf-8", "strict")
        return [1, READERS[kind](content)]
    except Exception as wrong:  # whatever a parser throws at us
        return [0, f"{type(wrong).__name__}: {wrong}"]


for line in sys.stdin:
    words = [os.fsdecode(bytes.fromhex(word)) for word in line.split()]
    print(json.dumps([read(*word.split(":", 1)) for word in words]), flush=True)
