#!/usr/bin/python3
"""The program's readers against Python's: msgpack, PyYAML (parser in Python, the core
schema of YAML 1.2), json and csv read the corpora of tests/fuzz, all manifests, bytes
made up here and mutants of these.  What ours takes, Python's take alike; what ours
refuses, they refuse too, or the message says why, and that is so."""

import csv
import glob
import io
import json
import math
import os
import random
import re
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path = [path for path in sys.path if os.path.abspath(path) != HERE]

try:
    import msgpack
    import yaml
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit()

del sys.modules["msgpack"]  # the second implementation's has that name too
sys.path.insert(0, HERE)

import second  # noqa: E402

TOP = os.path.join(HERE, "../..")
PROGRAM = os.path.join(os.environ.get("SLT_BUILD", TOP + "/build"), "tests/readers")
SEED = int(os.environ.get("SLT_TEST_SEED", "20250101"))
MUTANTS = 6 if os.environ.get("SLT_LONG") else 1  # of each input
csv.field_size_limit(1 << 30)


class Refused(Exception):
    """A reader of Python's refuses."""


class Map(list):
    """Pairs of a map in their order, keys perhaps repeated."""


def bits(value):
    return f"{struct.unpack('>Q', struct.pack('>d', value))[0]:016x}"


def tagged(value):
    """A tree of Python's as tests/second/readers.c prints one."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["real", bits(value)]
    if isinstance(value, str):
        return ["text", value.encode("utf-8", "surrogatepass").hex()]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, Map):
        return ["map"] + [[key_hex(key), tagged(item)] for key, item in value]
    return ["list"] + [tagged(item) for item in value]


def key_hex(key):
    return key.encode("utf-8", "surrogatepass").hex() if isinstance(key, str) else None


def items(value):
    """A value and all in it, each with how many containers it is in."""
    stack = [(value, 0)]
    while stack:
        at, depth = stack.pop()
        yield at, depth
        if isinstance(at, Map):
            stack += [(item, depth + 1) for _, item in at]
        elif isinstance(at, (list, tuple)):
            stack += [(item, depth + 1) for item in at]


def maps(value):
    return [at for at, _ in items(value) if isinstance(at, Map)]


def depth_of(value):
    """How many containers are open where most are."""
    return max(depth + isinstance(at, (list, tuple)) for at, depth in items(value))


def keys_repeat(value):
    return any(len({repr(key) for key, _ in pairs}) < len(pairs) for pairs in maps(value))


# ---- msgpack -----------------------------------------------------------------------


def read_pack(data):
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, use_list=True,
                               object_pairs_hook=Map)
    except Exception as error:
        raise Refused(repr(error)) from error


def repack(value):
    if isinstance(value, Map):
        head = msgpack.Packer().pack_map_header(len(value))
        return head + b"".join(repack(key) + repack(item) for key, item in value)
    if isinstance(value, list):
        head = msgpack.Packer().pack_array_header(len(value))
        return head + b"".join(repack(item) for item in value)
    return msgpack.packb(value)


def odd_key(pairs):
    return any(not isinstance(key, str) or not re.fullmatch("[ -~]+", key)
               for key, _ in pairs)


PACK_REASONS = [  # what the message says, and whether that is so
    ("expected the shortest encoding", lambda value, data: repack(value) != data),
    (r"type byte 0x(c7|c8|c9|ca|d4|d5|d6|d7|d8) is not in the profile",
     lambda value, data: True),  # ext types and binary32, as is checked of the byte
    ("expected a finite number", lambda value, data: any(
        isinstance(at, float) and not math.isfinite(at) for at, _ in items(value))),
    ("expected a key of printable ASCII|expected a text, found",
     lambda value, data: any(map(odd_key, maps(value)))),
    ("is repeated", lambda value, data: keys_repeat(value)),
    ("more than 32 containers deep", lambda value, data: depth_of(value) > 32),
]


def pack_reason(message, value, data):
    at = re.match(r"x: byte (\d+): type byte 0x(..)", message)
    if at and data[int(at[1])] != int(at[2], 16):
        return False
    return any(re.search(what, message) and holds(value, data)
               for what, holds in PACK_REASONS)


def pack_alike(ours, value, data):
    return ours == tagged(value) and repack(value) == data


# ---- YAML --------------------------------------------------------------------------


class Core(yaml.Loader):
    """The core schema of YAML 1.2 (10.3.2); without a merge of `<<`."""


Core.yaml_implicit_resolvers = {}
for tag, pattern in (
        ("null", "null|Null|NULL|~|"),
        ("bool", "true|True|TRUE|false|False|FALSE"),
        ("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
                  r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}",
                               re.compile(f"(?:{pattern})\\Z"), None)


class Plain(str):
    """The spelling of a plain scalar that the core schema makes no text."""


def core_value(node):
    if isinstance(node, yaml.MappingNode):
        return Map((key.value if isinstance(key, yaml.ScalarNode) else None,
                    core_value(item)) for key, item in node.value)
    if isinstance(node, yaml.SequenceNode):
        return [core_value(item) for item in node.value]
    if node.style or node.tag == "tag:yaml.org,2002:str":
        return node.value
    return Plain(node.value)


def core_number(text):
    """A number of the core schema; None for a scalar that is none."""
    lower = text.lower()
    if re.fullmatch("[-+]?[0-9]+", text):
        return int(text)
    if re.fullmatch("0o[0-7]+|0x[0-9a-f]+", lower):
        return int(text, 0)
    if lower.lstrip("+-") in (".inf", ".nan"):
        return float(lower.replace(".", ""))
    return float(text) if re.match(r"[-+]?\.?[0-9]", text) else None


# What PyYAML, which reads YAML 1.1, does not know of YAML 1.2: tabs that separate (6.2),
# and `?` within a plain scalar of a flow (7.3.3).  It reads the input with the other byte.
ONLY_1_2 = [(b"\t", b" "), (b"?", b"Q")]


class Other(list):
    """A tree of the input with a byte exchanged: the tree, and these bytes."""


def read_yaml(data, exchange=True):
    try:
        nodes = list(yaml.compose_all(data.decode("utf-8"), Core))
        if len(nodes) != 1 or nodes[0] is None:
            raise Refused("not one document")
        return core_value(nodes[0])
    except Refused:
        raise
    except Exception as error:
        for old, new in ONLY_1_2 if exchange else []:
            if old in data and repr(old.decode())[1:-1] in str(error):
                return Other([read_yaml(data.replace(old, new), False), (old, new)])
        raise Refused(repr(error)) from error


# Plain scalars that ours reads as text, though the core schema has more spellings.
AS_TEXT = re.compile(r"Null|NULL|True|TRUE|False|FALSE|\+.*|0[ox].*|-?0[0-9].*"
                     r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain_alike(ours, text):
    """Whether ours is what the core schema makes of a plain scalar."""
    if isinstance(ours, list) and ours == ["text", text.encode().hex()]:
        number = core_number(text)
        return bool(AS_TEXT.fullmatch(text)) or (
            number is not None and math.isinf(float(text)))  # beyond binary64
    if ours is None:
        return text in ("", "~", "null")
    if isinstance(ours, bool):
        return ours == (text == "true") and text in ("true", "false")
    number = core_number(text)
    if ours[0] == "int":
        return isinstance(number, int) and int(ours[1]) == number
    return ours[0] == "real" and ours[1] == bits(float(number))


def exchanged(tree, old, new):
    """A tree of ours with a byte of its texts exchanged."""
    if not isinstance(tree, list):
        return tree
    if tree[:1] == ["text"]:
        return ["text", bytes.fromhex(tree[1]).replace(old, new).hex()]
    if tree[:1] == ["map"]:
        return ["map"] + [[bytes.fromhex(key).replace(old, new).hex(),
                           exchanged(item, old, new)] for key, item in tree[1:]]
    return [exchanged(item, old, new) for item in tree]


def yaml_alike(ours, value, data=None):
    if isinstance(value, Other):
        return yaml_alike(exchanged(ours, *value[1]), value[0])
    if isinstance(value, Plain):
        return plain_alike(ours, value)
    if isinstance(value, Map):
        return (ours and ours[0] == "map" and len(ours) == len(value) + 1 and
                all(pair[0] == key_hex(key) and yaml_alike(pair[1], item)
                    for pair, (key, item) in zip(ours[1:], value)))
    if isinstance(value, list):
        return (ours and ours[0] == "list" and len(ours) == len(value) + 1 and
                all(map(yaml_alike, ours[1:], value)))
    return ours == tagged(value)


def events(data):
    return list(yaml.parse(data.decode("utf-8"), yaml.Loader))


def anchors(data):
    return any(getattr(event, "anchor", None) for event in events(data))


YAML_REASONS = [
    ("anchors|aliases", lambda value, data: anchors(data)),
    ("tags", lambda value, data: any(getattr(event, "tag", None) for event in events(data))),
    ("merge keys", lambda value, data: any(
        key == "<<" for pairs in maps(value) for key, _ in pairs)),
    ("directives", lambda value, data: b"%" in data),
    ("is given twice", lambda value, data: keys_repeat(value)),
    ("a key must be a name", lambda value, data: any(
        key is None for pairs in maps(value) for key, _ in pairs)),
    ("nested more than 32 deep", lambda value, data: depth_of(value) > 32),
    ("more than 100000 values", lambda value, data: sum(1 for _ in items(value)) > 40000),
    ("larger than 1 MiB", lambda value, data: len(data) > 1 << 20),
    ("NUL byte", lambda value, data: any(
        isinstance(at, str) and "\0" in at for at, _ in items(value)) or any(
        "\0" in (key or "") for pairs in maps(value) for key, _ in pairs)),
    ("CR without LF", lambda value, data: re.search(b"\r(?!\n)", data)),
    (r"U\+0085|U\+2028|U\+2029",
     lambda value, data: re.search("[\x85\u2028\u2029]", data.decode())),
    # libyaml wants a blank behind the colon of a key without a value in `{a:}`.
    ("found unexpected ':'", lambda value, data: re.search(rb":[]\[{},]", data)),
    ("invalid Unicode character escape", lambda value, data: re.search(  # surrogates
        rb"\\u[dD][89a-fA-F]|\\U", data)),
]


def yaml_reason(message, value, data):
    return any(re.search(what, message) and holds(value, data)
               for what, holds in YAML_REASONS)


# ---- JSON, which our reader of YAML takes ------------------------------------------


def no_constant(name):
    raise Refused(f"{name} is no JSON")


def read_json(data):
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=Map,
                          parse_constant=no_constant, parse_int=Plain, parse_float=Plain)
    except Refused:
        raise
    except Exception as error:
        raise Refused(repr(error)) from error


JSON_REASONS = YAML_REASONS + [
    # YAML has no DEL, no C1 and no unassigned characters as they are.
    (r"\(YAML\)", lambda value, data: re.search("[\x7f-\x9f\ufffe\uffff]", data.decode())),
]


def json_reason(message, value, data):
    return any(re.search(what, message) and holds(value, data)
               for what, holds in JSON_REASONS)


# ---- CSV ---------------------------------------------------------------------------


def read_csv(data):
    """Lines of cells as bytes (Latin-1 keeps each); those without one are left out."""
    try:
        text = io.StringIO(data.decode("latin-1"), newline="")
        return [row for row in csv.reader(text, strict=True) if row]
    except Exception as error:
        raise Refused(repr(error)) from error


def csv_alike(ours, value, data):
    return ours == [[cell.encode("latin-1").hex() for cell in row] for row in value]


CSV_REASONS = [
    ("fields, as the header has", lambda value, data: len({len(row) for row in value}) > 1),
    ("two columns have one name", lambda value, data: len(set(value[0])) < len(value[0])),
    ("at most 64 columns", lambda value, data: max(map(len, value)) > 64),
    ("expected a header", lambda value, data: not value),
    # A quote within a field that none are around; a CR that ends no line; a NUL.
    ("a quote or line end where none may be", lambda value, data: re.search(
        b'[^,\n"]"|"[^,\r\n"]|\r(?!\n)|\0', data)),
]


def csv_reason(message, value, data):
    return any(re.search(what, message) and holds(value, data)
               for what, holds in CSV_REASONS)


def figure_alike(ours, value, data):
    """What figure data say, from Python's cells."""
    rows = [[unquote(row[0]), unquote(row[1]), ["real", bits(float(row[2]))],
             ["real", bits(float(row[3]))] if row[3] else None, row[4] or None]
            for row in value[1:]]
    return ours == rows


def unquote(cell):
    """What stands before a text that a spreadsheet would compute is no part of it."""
    cell = re.sub(r"\A'(?=[=+@'\t\r-])", "", cell)
    return cell.encode("latin-1").hex()


def estimates_alike(ours, value, data):
    """Ours passes over blanks around cells."""
    value = [[cell.strip(" \t") for cell in row] for row in value]
    at = [value[0].index(name) for name in ("run", "source", "llc", "mcse")]
    rows = [[row[i] for i in at] for row in value[1:] if row != [""]]
    return ours == [[str(int(float(run))) if "." in run else str(int(run)),
                     source.encode("latin-1").hex(), number(llc), number(mcse)]
                    for run, source, llc, mcse in rows]


def number(cell):
    absent = cell.lower() in ("", "na", "nan", "null", "none")
    return None if absent else ["real", bits(float(cell))]


# ---- Inputs ------------------------------------------------------------------------


def corpus(*names):
    found = []
    for name in names:
        for path in sorted(glob.glob(f"{TOP}/tests/fuzz/corpus/{name}/*")):
            with open(path, "rb") as file:
                found.append(file.read())
    return found


def manifests():
    found = []
    for path in sorted(glob.glob(f"{TOP}/manifests/**/*.yaml", recursive=True)):
        with open(path, "rb") as file:
            found.append(file.read())
    return [data for data in found if len(data) < 6000]


SCALARS = [
    "a: 01", "a: -0", "a: +1", "a: 0x1f", "a: 0o17", "a: 1.", "a: .5", "a: 1e5", "a: -.5e-3",
    "a: 1e999", "a: 18446744073709551615", "a: 18446744073709551616", "a: 1_000",
    "a: -9223372036854775808", "a: -9223372036854775809", "a: .inf", "a: -.INF", "a: .nan",
    "a: Null", "a: NULL", "a: ~", "a:", "a: True", "a: FALSE", "a: yes", "a: on", "a: n",
    "a: 2001-01-01", "a: 1:30", "a: '1'", 'a: "true"', "a: |\n  1\n", "a: >-\n  1\n", "a: =",
    "a: 0.1e", "a: .", "a: -", "a: e5", "a: 1e+05", "a: 00", "a: 0", "a: 5e-324", "a: 2e-324",
    "[1, 2]", "- 1\n- a: b\n", "a: [b, {c: d}]", "a: {b: [ ], c: }", "1: 2", "null: 1", "? a\n",
    "a: 1\n...\n", "---\na: 1\n", "%YAML 1.2\n---\na: 1\n", "a: &x 1", "a: *x", "a: !!str 1",
    "a: 1\na: 2\n", "<<: {a: 1}", "{[a]: 1}", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2", "a: \x85b",
    "a: 'b\u2028c'", '{"a": "\\u2028\\n\\/\\t"}', '{"a": 1, "b": [true, false, null, -2.5e3]}',
    '{"a": "\\ud83c\\udfb2"}', '{"a": "\x7f"}', '{"a":\t1}', "a: \tb", "a:\n\t- b", "", "# x\n",
    "{" + '"a":{' * 40 + "}" * 41, "a: 1\n---\nb: 2\n", "a: 'x", "a: [", "a: b: c", "{a: 1,}",
]
CELLS = [
    "a,b\n1,2\n", 'a,"b,c"\n"d""e",f\n', "a\n\n1\n", "a,b\n1\n", "a,a\n1,2\n", "a\r\n1\r\n",
    "a\rb\n", 'a"b\n', '"a"b\n', '"a\n', '"a\r\nb",c\n', "a,\n,\n", '""\n""\n', " a , b \n1,2\n",
    "", "\n\n", "a\n1", 'a\n"1"', "a\0b\n", 'a\n"b\0"\n', ",".join(map(str, range(65))) + "\n",
    "\xef\xbb\xbfrun,source,llc,mcse\n1,a,2,\n", 'run,source,llc,mcse\n "1" ,a,2,NA\n',
    "run,source,llc,mcse\n1.0,a,2e3,nan\n\n", "series,x,value,error,n\na,1,2,0.5,3\n",
]
ITEMS = [
    "00", "7f", "cc80", "cc7f", "cd0100", "cd00ff", "ce00010000", "cf0000000100000000",
    "cfffffffffffffffff", "ff", "e0", "d0df", "d0e0", "d1ff7f", "d1ff80", "d2ffff7fff",
    "d3ffffffff7fffffff", "d38000000000000000", "d37fffffffffffffff", "d001", "c0", "c2", "c3", "c1",
    "ca3f800000", "cb3ff0000000000000", "cb7ff0000000000000", "cb7ff8000000000000", "a161", "d90161",
    "a2c3a9", "a1ff", "a3eda080", "c40161", "c5000161", "90", "91c0", "dc0001c0", "80", "81a16101",
    "820101a16102", "82a16101a16102", "81a001", "81a1e901", "81a2c3a901", "d40161", "c7000161",
    "91" * 32 + "c0", "91" * 33 + "c0", "c0c0", "", "dd00000001c0", "df00000000", "93", "a5616263",
]
random_numbers = random.Random(SEED)


def mutant(data):
    data = bytearray(data)
    for _ in range(random_numbers.randint(1, 3)):
        at = random_numbers.randint(0, len(data))
        kind = random_numbers.randrange(4)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << random_numbers.randrange(8)
        elif kind == 1:
            data[at:at + random_numbers.randint(1, 4)] = b""
        elif kind == 2:
            data[at:at] = random_numbers.choice(
                [b'"', b",", b"\n", b"\r", b": ", b"- ", b"'", b"0", b"[", b"}", b"\0", b"\xc3",
                 b"#", b"1e5", b"\\u00e9", b"\xca", b"\xc0", b"\x81\xa1a", b" ", b"~"])
        else:
            begin = random_numbers.randint(0, len(data))
            data[at:at] = data[begin:begin + random_numbers.randint(1, 12)]
    return bytes(data)


def with_mutants(inputs):
    inputs = list(dict.fromkeys(inputs))
    return inputs + [mutant(data) for data in inputs for _ in range(MUTANTS)]


def ours(letter, inputs):
    """What our reader makes of each input: [True, value] or [False, message]."""
    stream = b"".join(letter + struct.pack("<I", len(data)) + data for data in inputs)
    done = subprocess.run([PROGRAM], input=stream, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def hold(name, letter, inputs, read, alike, reason, wider=False):
    """One TAP line: both readers of all inputs.  reason: None where ours asks for more
    than the form, so that only what it takes counts; wider: ours takes other forms too."""
    taken, refused, told, wrong = 0, 0, 0, []
    for data, (fine, found) in zip(inputs, ours(letter, inputs), strict=True):
        try:
            value = read(data)
        except Refused as error:
            refused += not fine
            if fine and not wider:
                wrong.append(f"taken, but {error}: {data!r}")
            continue
        if isinstance(value, Other) and not fine:
            refused += 1
        elif fine and alike(found, value, data):
            taken += 1
        elif fine:
            wrong.append(f"{str(found)[:900]} is by Python {str(value)[:900]}: {data!r}")
        elif reason is None or reason(found, value, data):
            told += 1
        else:
            wrong.append(f"{found}, but by Python {str(value)[:200]}: {data!r}")
    second.report(not wrong and taken > 0 and refused + told > 0,
                  f"{name}: {len(inputs)} inputs, {taken} taken alike, {refused} refused by "
                  f"both, {told} by ours alone, with a reason", *[line[:3000] for line in wrong[:5]])


print(f"# SLT_TEST_SEED={SEED}")
texts = [text.encode() for text in SCALARS]
tables = [text.encode("latin-1") for text in CELLS]
hold("msgpack", b"p", with_mutants([bytes.fromhex(item) for item in ITEMS] +
                                   corpus("pack", "canonical")),
     read_pack, pack_alike, pack_reason)
hold("YAML", b"y", with_mutants(texts + corpus("yaml") + corpus("manifest")[::3] +
                                manifests()[::4]),
     read_yaml, lambda found, value, data: yaml_alike(found, value), yaml_reason)
documents = with_mutants(texts + corpus("provenance", "yaml"))
hold("JSON", b"y", [data for data in documents if data.strip()[:1] in (b"{", b"[")],
     read_json, lambda found, value, data: yaml_alike(found, value),
     json_reason, wider=True)
hold("CSV of anyone", b"c", with_mutants(tables + corpus("reference", "figure")),
     read_csv, csv_alike, csv_reason)
hold("figure data", b"f", with_mutants(tables + corpus("figure")), read_csv, figure_alike,
     None)
# Ours passes over a byte order mark, and takes blanks around quotes.
estimates = [data.removeprefix(b"\xef\xbb\xbf")
             for data in with_mutants(tables + corpus("estimates"))]
hold("estimates", b"e", [data for data in estimates if not re.search(b'[ \t]"|"[ \t]', data)],
     read_csv, estimates_alike, None)
second.plan()
