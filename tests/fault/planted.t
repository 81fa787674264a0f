#!/usr/bin/env python3
"""Faults that are planted into src, each of which tests/fault/inject.c must find within the
sample that CI takes.

    SLT_LONG=1 planted.t [NAME...]      all of them by default
"""
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SLT_BUILD", TOP / "build")).resolve()

# What is wrong: the file, the lines as they are, and as they are not to be.
PLANTED = {
    "an unchecked allocation": ("src/trace/trace.c", """\
    if (!trace) {
        slt_buffer_free(&bytes);
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", name);
    }
""", ""),
    "a missing sync of a file": ("src/base/io.c", """\
    if (!output->failed)
        output->failed = slt_io_sync_open(output->fd, output->path, &output->error);
""", ""),
    "a missing sync of traces": ("src/run/sync.c", """\
    if (slt_world.syncfs(s->folder) == 0)
        return SLT_OK;
""", """\
    if (s)
        return SLT_OK;
"""),
    "a rename before the write": ("src/base/output.c", """\
    lost |= slt_world.fclose(file->stream) != 0;
    slt_status status = SLT_OK;
""", """\
    slt_status status = slt_io_end(&file->output, keep && !lost, err);
    lost |= slt_world.fclose(file->stream) != 0;
"""),
    "a failed look taken for an answer": ("src/base/io.c", """\
    return io_fail(err, path, "cannot look at it");
}

bool slt_files_end_in(""", """\
    return err ? SLT_OK : SLT_FILE;
}

bool slt_files_end_in("""),
    "a failed write taken for the end": ("src/base/io.c", """\
        if (put <= 0)
            return io_fail(err, name, "cannot write");
""", """\
        if (put <= 0)
            break;
"""),
}


def call(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{words[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def compile_planted(name, folder):
    """The program inject with the fault; None where the lines are no longer there."""
    file, right, wrong = PLANTED[name]
    text = (TOP / file).read_text()
    if text.count(right) != 1:
        return None
    source, made = folder / Path(file).name, folder / "planted.o"
    source.write_text(text.replace(right, wrong))
    units = json.loads((BUILD / "compile_commands.json").read_text())
    unit = next(u for u in units if u["file"] == str(TOP / file) and
                "slt_objects.dir" in u["command"])
    line = re.sub(r" -MD| -MT \S+| -MF \S+", "", unit["command"])
    words = [str(source) if w == unit["file"] else w for w in shlex.split(line)]
    object_ = words[words.index("-o") + 1]
    call(*[str(made) if w == object_ else w for w in words], cwd=unit["directory"])
    links = call("ninja", "-C", BUILD, "-t", "commands", "tests/fault-inject.t").splitlines()
    line = links[-1].removeprefix(": && ").removesuffix(" && :")
    program = folder / "inject"
    words = shlex.split(line)
    words.insert(words.index("libsltrace.a"), str(made))  # gives way to what is before it
    words[words.index("-o") + 1] = str(program)
    call(*words, cwd=BUILD)
    return program


def first_found(program):
    """The first place that is found, as inject prints it; None where none is."""
    with subprocess.Popen([program], stdout=subprocess.PIPE, text=True,
                          start_new_session=True,
                          env={k: v for k, v in os.environ.items() if k != "SLT_LONG"}) as ran:
        for line in ran.stdout:
            if line.startswith("# SLT_FAULT="):
                os.killpg(ran.pid, signal.SIGTERM)
                return line.strip()
    return None


def main():
    names = sys.argv[1:] or list(PLANTED)
    if "SLT_LONG" not in os.environ:
        print("1..0 # SKIP SLT_LONG=1 plants faults")
        return
    call("cmake", "--build", BUILD, "--target", "test-fault-inject")
    for number, name in enumerate(names, 1):
        with tempfile.TemporaryDirectory() as folder:
            program = compile_planted(name, Path(folder))
            found = program and first_found(program)
        if not program:
            print(f"# {PLANTED[name][0]} has other lines by now")
        print(f"{'ok' if found else 'not ok'} {number} - {name} is found")
        print(found or "# nothing", flush=True)
    print(f"1..{len(names)}")


main()
