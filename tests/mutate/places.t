#!/usr/bin/env python3
"""What tests/mutate/mutate changes in C, and what it leaves alone."""
import importlib.machinery
import importlib.util
import sys
from pathlib import Path

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader(
    "mutate", str(Path(__file__).resolve().parent / "mutate"))
mutate = importlib.util.module_from_spec(importlib.util.spec_from_loader("mutate", loader))
loader.exec_module(mutate)

count = failed = 0


def equal(got, want, name):
    global count, failed
    count += 1
    failed += got != want
    print(f"{'ok' if got == want else 'not ok'} {count} - {name}")
    if got != want:
        print(f"# got  {got!r}\n# want {want!r}")


def changes(text, enums=None):
    """Every changed text, line ends as blanks."""
    return [" ".join((text[:a] + new + text[b:]).split())
            for place in mutate.mutations_of(text, enums or {}) for a, b, new in place]


def body(statement, kind="void"):
    return f"static {kind} f(int a)\n{{\n    {statement}\n}}\n"


def inside(statement, kind="void", enums=None):
    """What a statement of a function becomes."""
    return [c[c.index("{") + 1:-1].strip() for c in changes(body(statement, kind), enums)]


equal(inside("/* a < 1 */ // 1"), [], "comments stay")
equal(inside('int s = g("1 < 2", \'1\');'), [], "strings stay")
equal(inside("SLT_ASSERT(a < 1 && !a);"), [], "assertions stay")
equal(inside('return slt_fail(err, g, "%d", a + 1);', "slt_status"), ["return SLT_OK;"],
      "what a message prints stays, the status does not")
equal(inside("slt_buffer_free(&b);"), [], "memory is let go of")
equal(changes('#include <a1.h>\n#include "b2.h"\n'), [], "includes stay")
equal(changes("#define MOST 8\n"), ["#define MOST 9", "#define MOST 7"], "a limit")
equal(inside("int b = a < 3;"), ["int b = a <= 3;", "int b = a < 4;", "int b = a < 2;"],
      "a comparison and its bound")
equal(inside("int b = a && !c;"), ["int b = a || !c;", "int b = a && c;"], "logic")
equal(inside("int *b = &c, d = -a;"), [], "an address and a sign are no operators of two")
equal(inside("int b = a & c | d;"), ["int b = a | c | d;", "int b = a & c & d;"], "bits")
equal(inside("g(a); if (a) h(a);"),
      ["; if (a) h(a);", "g(a); if (true) h(a);", "g(a); if (false) h(a);", "g(a); if (a) ;"],
      "statements and conditions")
equal(inside("int b[] = {c, d}; for (;;) break;"), ["int b[] = {c, d}; for (;;) ;"],
      "a declaration stays, a break does not")
equal(inside("return a;", "bool"), ["return !(a);"], "a returned bool")
equal(inside("return g(a);", "char *"), ["return NULL;"], "a returned pointer")
equal(inside("return SLT_OK;", "slt_status", {"SLT_OK": "SLT_DIFFERS"}),
      ["return SLT_DIFFERS;"], "a returned status")
equal(inside("switch (a) { case RED: g(RED); }", enums={"RED": "BLUE"}),
      ["switch (a) { case RED: ; }", "switch (a) { case RED: g(BLUE); }"],
      "an enumerator, but for a label")
equal(mutate.constants_of("0x10u"), ["0x11u", "0xfu"], "a constant keeps its form")
equal(mutate.constants_of("0"), ["1"], "none is below 0")
equal(mutate.constants_of("1.5"), [], "fractions stay")

text = body("if (a &&\n        b)\n        return;")
change = [m for m in (mutate.Mutant("x.c", text, c) for p in mutate.mutations_of(text, {})
                      for c in p)]
equal([m.shown() for m in change][0], "x.c:3\n- if (a &&\n- b)\n+ if (true\n+ )", "as it is shown")
equal({m.text.count("\n") for m in change}, {text.count("\n")}, "lines stay where they are")
share = mutate.quotas(["a", "b", "c"], {"a": "x;\n" * 10, "b": "x;\n" * 85, "c": "x;\n" * 5}, 20)
equal(share, {"a": 2, "b": 17, "c": 1}, "files give mutants by their size")
print(f"1..{count}")
sys.exit(failed > 0)
