"""Expressions over named numbers: section 16 of docs/spec."""

import functools
import math
import re

import sleef
from ieee import div

NAME = r"[A-Za-z_][A-Za-z0-9_.]*"
NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"


class Absent(Exception):
    """A name without a value."""


def tokens(text, known=()):
    """Of names that are known the longest that fits, where one does."""
    longest = sorted((name for name in known
                      if name in str(text) and not re.fullmatch(NAME, name)), key=len)
    kinds = [NUMBER, *map(re.escape, reversed(longest)), NAME, r"[-+*/(),]"]
    return re.findall(rf"\s*({'|'.join(kinds)})", str(text))


def listed(value):
    """A list, also where one item is written without brackets."""
    return value if isinstance(value, list) else [value]


def root(x):
    return math.sqrt(x) if x >= 0 or x != x else math.nan


CALLS = {
    "abs": lambda x: -x if x < 0 else x,
    "ln": functools.partial(sleef.log, "f64"),
    "exp": functools.partial(sleef.exp, "f64"),
    "sqrt": root,
    "above": lambda a, b: float(a > b),
    "at_least": lambda a, b: float(a >= b),
    "min": lambda *x: functools.reduce(lambda a, b: b if b < a else a, x),
    "max": lambda *x: functools.reduce(lambda a, b: b if a < b else a, x),
}


class Reader:
    """Evaluates while it reads, from left to right."""

    def __init__(self, text, names):
        self.tokens, self.names = tokens(text, names), names

    def next_is(self, *symbols):
        return bool(self.tokens) and self.tokens[0] in symbols

    def sum(self):
        value = self.product()
        while self.next_is("+", "-"):
            sign, other = self.tokens.pop(0), self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self):
        value = self.sign()
        while self.next_is("*", "/"):
            sign, other = self.tokens.pop(0), self.sign()
            value = value * other if sign == "*" else div(value, other)
        return value

    def sign(self):
        if self.next_is("-"):
            self.tokens.pop(0)
            return -self.term()
        return self.term()

    def term(self):
        token = self.tokens.pop(0)
        if token == "(":
            return self.arguments()[0]
        if token in CALLS and self.next_is("("):
            self.tokens.pop(0)
            return CALLS[token](*self.arguments())
        if re.fullmatch(NUMBER, token):
            return float(token)
        if self.names.get(token) is None:
            raise Absent(token)
        return float(self.names[token])

    def arguments(self):
        """What stands between brackets, the first of which is gone."""
        found = [self.sum()]
        while self.tokens.pop(0) == ",":
            found.append(self.sum())
        return found


def value(text, names):
    """The value, None where a name is absent or it is not finite."""
    try:
        found = Reader(text, names).sum()
    except Absent:
        return None
    return found if math.isfinite(found) else None


def names(text):
    """The names and calls that an expression holds."""
    return [token for token in tokens(text) if re.fullmatch(NAME, token)]
