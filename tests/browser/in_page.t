#!/usr/bin/python3
"""Pages that verify themselves (--verify-in-page): in node, and in a real browser.  TAP.

    SLT_LONG=1 SLTRACE=build/sltrace tests/browser/in_page.t [RUN OF fig6-fixed]

Needs what tools/deps page and tools/deps browser install; without SLT_LONG=1 it is skipped,
as making the program takes minutes.  With a run it makes that run of figure 6 again too, and
says how long it took.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import chromium

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SLTRACE = os.path.abspath(os.environ.get("SLTRACE", TOP + "/build/sltrace"))
SHARE = os.environ.get("SLTRACE_SHARE") or os.path.dirname(SLTRACE) + "/share/sltrace"
PAGE_BYTES_MAX = 3_000_000
number = failed = 0


def ok(good, name, why=()):
    global number, failed
    number += 1
    failed += not good
    print("ok" if good else "not ok", number, "-", name, flush=True)
    for line in () if good else why:
        print("#", line, flush=True)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# ---- In node ---------------------------------------------------------------------------

def bundle_of(golden, folder):
    path = f"{folder}/{os.path.basename(golden)}.tar"
    if os.path.exists(path):
        os.unlink(path)
    subprocess.run([SLTRACE, "bundle", golden, "--out", path, "--quiet"], cwd=TOP, check=True,
                   capture_output=True)
    with open(path, "rb") as file:
        return file.read()


def runs_of(golden_text):
    """Number and SHA-256 of the trace, of each run."""
    lines = golden_text.decode().split("\n")
    columns = next(line for line in lines if line.startswith("columns ")).split()[1:]
    return [(line.split()[0], line.split()[columns.index("sha256")]) for line in lines
            if re.match(r"\d+ ", line)]


def again(folder, bundle, run, run_sha256, share=None, stated=None):
    path = f"{folder}/bundle.tar"
    with open(path, "wb") as file:
        file.write(bundle)
    made = subprocess.run(["node", f"{TOP}/tests/browser/again.js", share or SHARE, path,
                           stated or sha256(bundle), run, run_sha256],
                          capture_output=True, text=True)
    try:
        return json.loads(made.stdout)
    except ValueError:
        return {"error": made.stderr[-300:] or f"exit status {made.returncode}"}


def files_of(bundle):
    """Name and place of the bytes of each file in a tar."""
    found, at = {}, 0
    while bundle[at]:
        name, size = bundle[at:at + 100].rstrip(b"\0").decode(), int(bundle[at + 124:at + 135], 8)
        found[name] = (at + 512, size)
        at += 512 + (size + 511) // 512 * 512
    return found


def exchanged(bundle, suffix, old, new, root=False):
    """The bundle with a text of one size for another, and the golden's root made right."""
    name = next(name for name in files_of(bundle) if name.endswith(suffix))
    at, size = files_of(bundle)[name]
    text = bundle[at:at + size]
    assert old in text and len(old) == len(new), (name, old)
    text = text.replace(old, new, 1)
    if root:
        end = text.index(b"\nroot sha256:") + 1
        text = text[:end + 12] + sha256(text[:end]).encode() + text[end + 12 + 64:]
    return bundle[:at] + text + bundle[at + size:]


def try_goldens(folder):
    """Every golden of fixed runs, by its first run; the seconds are a note."""
    slowest = (0, "")
    for name in sorted(os.listdir(f"{TOP}/golden/smoke")):
        if not name.endswith("-fixed.golden"):
            continue
        with open(f"{TOP}/golden/smoke/{name}", "rb") as file:
            run, of_run = runs_of(file.read())[0]
        began = time.monotonic()
        found = again(folder, bundle_of(f"golden/smoke/{name}", folder), run, of_run)
        seconds = time.monotonic() - began
        slowest = max(slowest, (seconds, name))
        good = found.get("exit") == 0 and found["document"]["checked"]["trace_sha256"] == of_run
        ok(good, f"node: run {run} of {name}", [found])
        print(f"# {seconds:.1f} s", flush=True)
    print(f"# the slowest: {slowest[1]}, {slowest[0]:.1f} s", flush=True)


def try_forgeries(folder):
    """Whatever is changed, the program says so."""
    golden = f"{TOP}/golden/smoke/linear-fixed.golden"
    with open(golden, "rb") as file:
        runs = runs_of(file.read())
    (run, of_run), (_, of_other) = runs[:2]
    bundle = bundle_of(golden, folder)
    other_hash = of_run[:-1] + ("0" if of_run[-1] != "0" else "1")

    def refused(name, found, exit_status, says):
        text = json.dumps(found)
        ok(found.get("exit") == exit_status and re.search(says, text), f"node: {name}", [text])

    refused("the hash of the run, in the golden", again(folder, exchanged(
        bundle, ".golden", of_run.encode(), other_hash.encode()), run, other_hash), 2,
        "the golden was changed")
    refused("the same, and the root made right", again(folder, exchanged(
        bundle, ".golden", of_run.encode(), other_hash.encode(), root=True), run, other_hash), 1,
        "verdict: differs")
    root = re.search(rb"\nroot sha256:(\w{8})", bundle)[1]
    refused("the root of the golden", again(folder, exchanged(
        bundle, ".golden", b"root sha256:" + root, b"root sha256:" + root[::-1]), run, of_run), 2,
        "the golden was changed")
    text = bundle[slice(*(lambda at, size: (at, at + size))(*next(
        place for name, place in files_of(bundle).items() if name.endswith(".yaml"))))]
    rate = re.search(rb"lr: \S*?(\d)[,}\s]", text)
    changed = rate[0][:rate.start(1) - rate.start()] + bytes([rate[1][0] ^ 1]) + \
        rate[0][rate.end(1) - rate.start():]
    refused("the manifest's lr", again(folder, exchanged(bundle, ".yaml", rate[0], changed), run,
                                       of_run), 1, r"field: .*lr")
    comment = exchanged(bundle, ".yaml", b"#", b" ") if text[:1] == b"#" else bundle + b"\0"
    refused("any byte of the manifest", again(folder, comment, run, of_run,
                                              stated=sha256(bundle)), 1, "the page says")
    refused("a run that is not there", again(folder, bundle, "4711", of_run), 2, "4711")
    refused("a list of runs", again(folder, bundle, "0,1", of_run), 2, "expected the number")
    refused("another run than the page shows", again(folder, bundle, run, of_other), 1,
            "the page says")
    refused("a bundle cut short", again(folder, bundle[:2000], run, of_run), 2, "exit")
    cut = f"{folder}/cut"
    shutil.copytree(SHARE, cut)
    for size in (0, 100, 100_000):
        with open(f"{SHARE}/verify.wasm", "rb") as file, open(f"{cut}/verify.wasm", "wb") as to:
            to.write(file.read()[:size])
        found = again(folder, bundle, run, of_run, share=cut)
        ok("error" in found and "exit" not in found, f"node: {size} bytes of the program", [found])


# ---- In Chromium -----------------------------------------------------------------------

def start_browser(folder):
    browser = chromium.start(folder)
    browser.get("about:blank")
    return browser


def load(browser, path):
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get("file://" + path)


def requests(browser, page):
    asked = [address for entry in browser.get_log("performance") for address in
             re.findall(r'"method":"Network.requestWillBeSent".*?"request":\{.*?"url":"([^"]*)"', entry["message"])]
    return [address for address in asked if address != "file://" + page and
            not address.startswith(("blob:", "data:"))]


def try_page(browser, page, of_run, golden_root):
    load(browser, page)
    before = browser.execute_script("return [...document.querySelectorAll('.told')].map(e => e.className)")
    ok(set(before) == {"told "}, "nothing is green before a run is made", before)
    found = chromium.press(browser, "linear-fixed")
    ok(found["kind"] == "told yes" and "identical" in found["text"], "a run is identical: green", [found])
    ok(of_run in found["detail"] and golden_root in found["detail"],
       "with the SHA-256 of its trace, and the root of the golden", [found])
    ok(not found["cancel"], "there is nothing to cancel", [found])
    found = chromium.press(browser, "linear-fixed", "3")
    ok(found["kind"] == "told yes" and "run 3 of" in found["text"], "another run", [found])
    found = chromium.press(browser, "fig6-fixed", "199", until="box.querySelector('progress').value > 0 && !cancel.hidden")
    ok(found["kind"] == "told " and found["seen"] > 0 and "%" in found["text"],
       "the progress of a long run is shown", [found])
    told = browser.execute_script("""
        const box = document.querySelector('[data-bundle="fig6-fixed:bundle"]');
        box.querySelector('.cancel').click();
        return [box.querySelector('.told').className, box.querySelector('.told').textContent,
                box.querySelector('progress').hidden, box.querySelector('.start').disabled];""")
    ok(told == ["told ", "Cancelled: nothing is judged.", True, False], "and it can be cancelled", told)
    time.sleep(1)
    told = browser.execute_script(
        "return document.querySelector('[data-bundle=\"fig6-fixed:bundle\"] .told').textContent")
    ok(told == "Cancelled: nothing is judged.", "for good", [told])
    log = [entry["message"] for entry in browser.get_log("browser")]
    ok(not log, "no message on the console", log)
    asked = requests(browser, page)
    ok(not asked, "no request leaves the page", asked)


def embedded(page, ident):
    """A pattern's match: what stands before the bytes, their SHA-256, base64."""
    return re.search(rf'(<script type="text/plain" id="{ident}" data-sha256=")(\w+)(">)([^<]*)', page)


def put(page, ident, data, stated=None):
    match = embedded(page, ident)
    return page[:match.start()] + match[1] + (stated or sha256(data)) + match[3] + \
        base64.b64encode(data).decode() + page[match.end():]


def try_doctored(browser, page, bad, of_run):
    """Pages made wrong: each must be red, and tell what."""
    with open(page, encoding="utf-8") as file:
        good = file.read()
    bundle = base64.b64decode(embedded(good, "linear-fixed:bundle")[4])
    wasm = base64.b64decode(embedded(good, "program:wasm")[4])
    script = base64.b64decode(embedded(good, "program:script")[4])
    other = of_run[:-1] + ("0" if of_run[-1] != "0" else "1")
    honest = sha256(bundle)
    changed = bytearray(wasm)
    changed[len(wasm) // 2] ^= 1

    def flip(suffix):
        at, size = next(place for name, place in files_of(bundle).items() if name.endswith(suffix))
        return bundle[:at + size // 2] + bytes([bundle[at + size // 2] ^ 1]) + bundle[at + size // 2 + 1:]

    exchanged_run = exchanged(bundle, ".golden", of_run.encode(), other.encode(), root=True)
    cases = [
        ("a byte of the golden", put(good, "linear-fixed:bundle", flip(".golden"), honest), "the page says"),
        ("a byte of the manifest", put(good, "linear-fixed:bundle", flip(".yaml"), honest), "the page says"),
        ("a byte of the golden, the SHA-256 made right",
         put(good, "linear-fixed:bundle", flip(".golden")), r"\.golden:\d+: "),
        ("the manifest's lr, the SHA-256 made right", put(good, "linear-fixed:bundle", exchanged(
            bundle, ".yaml", b"lr: 0.05", b"lr: 0.06")), "lr"),
        ("the hash of the run, root and SHA-256 made right",
         put(good, "linear-fixed:bundle", exchanged_run).replace(of_run, other), "differs"),
        ("the hash of the run on the page", good.replace(
            f'value="0" data-sha256="{of_run}"', f'value="0" data-sha256="{other}"'), "the page says"),
        ("the number of the run", good.replace(
            f'value="0" data-sha256="{of_run}"', f'value="1" data-sha256="{of_run}"'), "the page says"),
        ("the SHA-256 of the bundle", good.replace(f'data-sha256="{honest}"', f'data-sha256="{other}"'), "the page says"),
        ("a byte of the program", put(good, "program:wasm", bytes(changed), sha256(wasm)), "the page says"),
        ("the program cut short", put(good, "program:wasm", wasm[:100_000]), "not judged"),
        ("no program", put(good, "program:wasm", b""), "not judged"),
        ("what starts it, cut short", put(good, "program:script", script[:1000]), "not judged"),
    ]
    for name, text, says in cases:
        assert text != good, name
        with open(bad, "w", encoding="utf-8") as file:
            file.write(text)
        load(browser, bad)
        found = chromium.press(browser, "linear-fixed", "1" if name == "the number of the run" else "0")
        ok(found["kind"] == "told no" and re.search(says, found["text"] + found["detail"]),
           f"red: {name}", [found])
    with open(bad, "w", encoding="utf-8") as file:
        file.write(good.replace("answer.exit === 0", "answer.exit === 1"))
    load(browser, bad)
    told = browser.execute_script("return [...document.querySelectorAll('.start')].map(e => e.disabled)")
    ok(all(told), "another script does not run", told)
    with open(bad, "w", encoding="utf-8") as file:
        file.write(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", good).replace(
            "<h1", '<img alt="" src="http://127.0.0.1:9/x.png"/><h1', 1))
    load(browser, bad)
    ok(requests(browser, bad), "a page that asks for something is found out")


def tree(folder):
    """Figure 6 in floats and in fixed point, and a quick golden, as one folder."""
    os.makedirs(f"{folder}/golden/page")
    os.makedirs(f"{folder}/manifests")
    os.makedirs(f"{folder}/.git")
    for kind in ("smoke", "lakkapragada2025"):
        shutil.copytree(f"{TOP}/manifests/{kind}", f"{folder}/manifests/{kind}")
        for name in os.listdir(f"{TOP}/golden/{kind}"):
            if name.split(".")[0] in ("linear-fixed", "fig6", "fig6-fixed"):
                shutil.copy(f"{TOP}/golden/{kind}/{name}", f"{folder}/golden/page/{name}")
    subprocess.run([SLTRACE, "figure", f"{folder}/golden/page", "--verify-in-page", "--out", folder],
                   check=True, env={**os.environ, "SLTRACE_SHARE": SHARE}, capture_output=True)
    return f"{folder}/page.html"


def try_tree(browser, folder):
    """Pages of a tree, each of several goldens, whose buttons are pressed at once."""
    goldens = {"one": ("linear", "linear-fixed", "polynomial-fixed", "tms-fixed"),
               "other": ("hold-fixed", "since-fixed")}
    shutil.copytree(f"{TOP}/manifests/smoke", f"{folder}/manifests/smoke")
    for place, names in goldens.items():
        os.makedirs(f"{folder}/golden/{place}")
        for name in os.listdir(f"{TOP}/golden/smoke"):
            if name.split(".")[0] in names:
                shutil.copy(f"{TOP}/golden/smoke/{name}", f"{folder}/golden/{place}/{name}")
    subprocess.run([SLTRACE, "figure", "golden", "--root", ".", "--verify-in-page", "--out", "pages"],
                   cwd=folder, check=True, env={**os.environ, "SLTRACE_SHARE": SHARE}, capture_output=True)
    for place, names in goldens.items():
        load(browser, f"{folder}/pages/{place}.html")
        found = chromium.press_all(browser)
        wanted = {name for name in names if name.endswith("-fixed")}
        ok({told["golden"] for told in found} == wanted, f"{place}.html: a button for each fixed golden", [found])
        bad = [told for told in found if told["kind"] != "told yes" or
               f" of smoke/{told['golden']}: identical" not in told["text"]]
        ok(not bad, f"{place}.html: all at once, and each is green for its own", bad)


def try_browser(folder, run_of_figure):
    page = tree(folder)
    size = os.path.getsize(page)
    ok(size <= PAGE_BYTES_MAX, f"a page of three goldens has {size} bytes")
    with open(page, encoding="utf-8") as file:
        text = file.read()
    ok('href="#fig6-fixed:in-page"' in text and 'id="fig6:bundle"' not in text,
       "the float golden is refused, and its twin named")
    with open(f"{folder}/golden/page/linear-fixed.golden", "rb") as file:
        golden = file.read()
    of_run, root = runs_of(golden)[0][1], re.search(rb"root sha256:(\w+)", golden)[1].decode()
    browser = start_browser(folder)
    try:
        try_page(browser, page, of_run, root)
        try_doctored(browser, page, f"{folder}/bad.html", of_run)
        try_tree(browser, f"{folder}/tree")
        if run_of_figure:
            load(browser, page)
            found = chromium.press(browser, "fig6-fixed", run_of_figure, until="cancel.hidden")
            ok(found["kind"] == "told yes", f"run {run_of_figure} of fig6-fixed", [found])
            print("#", found["text"], flush=True)
    finally:
        browser.quit()


def main():
    if not os.environ.get("SLT_LONG"):
        print("1..0 # SKIP SLT_LONG=1: making the program takes minutes")
        return 0
    if not os.path.exists(f"{SHARE}/verify.wasm"):
        if not shutil.which("emcc"):
            print("1..0 # SKIP no emscripten: tools/deps page")
            return 0
        subprocess.run([f"{TOP}/tools/wasm/wasm", SHARE], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        try_browser(folder, sys.argv[1] if len(sys.argv) > 1 else None)
        try_forgeries(folder)
        try_goldens(folder)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
