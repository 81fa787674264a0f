#!/usr/bin/python3
"""The HTML report in a real browser: TAP.

Every check is tried on the report of a paper, and on that of two of its goldens, where it
must find nothing, and on the latter made wrong on purpose, where it must find something.

    SLTRACE=build/sltrace tests/browser/report.t [--shots FOLDER]

Needs what tools/deps browser installs.  --shots writes PNG files to look at.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import chromium

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SLTRACE = os.path.abspath(os.environ.get("SLTRACE", TOP + "/build/sltrace"))
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")


# ---- The browser -------------------------------------------------------------------------

def start(folder):
    browser = chromium.start(folder)
    browser.execute_cdp_cmd("Browser.setDownloadBehavior",
                            {"behavior": "allow", "downloadPath": folder + "/downloads"})
    return browser


def resize(browser, width):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})


def paint(browser, scheme):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                            {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def load(browser, path, anew=False):
    """The page as it is opened first, with whatever is collapsed opened.  It is not
    loaded again for a check that only looks."""
    resize(browser, 1280)
    paint(browser, "light")
    if anew or getattr(browser, "shown", "") != path:
        browser.get_log("browser")
        browser.get_log("performance")
        browser.get("file://" + path)
        browser.shown = path
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")


# ---- Checks: each gives a list of what it found wrong ------------------------------------

def rendered(browser, path):
    load(browser, path)
    return browser.execute_script("""
        const wrong = [];
        const shown = e => e && e.getBoundingClientRect().width > 40 &&
            e.getBoundingClientRect().height > 10 && e.checkVisibility();
        for (const name of ['h1', 'nav', 'main', 'main table', 'footer'])
            if (!shown(document.querySelector(name))) wrong.push(name + ' is not seen');
        const pictures = [...document.querySelectorAll('figure svg')];
        if (!pictures.length) wrong.push('no picture');
        for (const svg of pictures) {
            const parts = [...svg.querySelectorAll('path, use, text')].filter(
                e => e.getBBox().width + e.getBBox().height > 0);
            if (!shown(svg) || parts.length < 10) wrong.push('an empty picture');
        }
        if (!document.title) wrong.push('no title');
        return wrong;""")


def silent(browser, path):
    load(browser, path, anew=True)
    return [entry["message"] for entry in browser.get_log("browser")]


def alone(browser, path):
    load(browser, path, anew=True)
    found = []
    for entry in browser.get_log("performance"):
        address = re.search(r'"method":"Network.requestWillBeSent".*?"request":\{.*?"url":"([^"]*)"',
                            entry["message"])
        if address and address[1] not in ("file://" + path,) and not address[1].startswith("data:"):
            found.append(address[1])
    return found


def fits(browser, path):
    load(browser, path)
    found = []
    for width in WIDTHS:
        resize(browser, width)
        wide = browser.execute_script("return document.scrollingElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} wide in a window of {width}")
    return found


CONTRAST = """
    const parse = text => {
        const n = text.match(/[\\d.]+/g).map(Number);
        return {r: n[0], g: n[1], b: n[2], a: n.length > 3 ? n[3] : 1};
    };
    const over = (top, under) => {
        const mix = (a, b) => a * top.a + b * (1 - top.a);
        return {r: mix(top.r, under.r), g: mix(top.g, under.g), b: mix(top.b, under.b), a: 1};
    };
    const light = c => {
        const [r, g, b] = [c.r, c.g, c.b].map(v => v / 255).map(
            v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = element => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
            const colour = parse(getComputedStyle(e).backgroundColor);
            layers.push(colour);
            if (colour.a === 1) break;
        }
        const canvas = arguments[0] === 'dark' ? {r: 18, g: 18, b: 18, a: 1}
                                               : {r: 255, g: 255, b: 255, a: 1};
        return layers.reverse().reduce((under, top) => over(top, under), canvas);
    };
    const wrong = new Set();
    let seen = 0;
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode.data.trim(), e = walk.currentNode.parentElement;
        if (!text || !e.checkVisibility() || e.closest('title, desc, style')) continue;
        seen++;
        const style = getComputedStyle(e), under = ground(e);
        const ink = over(parse(e.closest('svg') ? style.fill : style.color), under);
        const [a, b] = [light(ink), light(under)].sort((x, y) => y - x);
        const size = parseFloat(style.fontSize), bold = parseInt(style.fontWeight) >= 700;
        const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < least)
            wrong.add(`${ratio.toFixed(2)} below ${least}: ${e.tagName} ${text.slice(0, 40)}`);
    }
    if (seen < 50) wrong.add(`only ${seen} pieces of text`);
    return [...wrong];"""


def contrast(scheme):
    def check(browser, path):
        load(browser, path)
        paint(browser, scheme)
        return browser.execute_script(CONTRAST, scheme)
    return check


def readable(browser, path):
    """No letter is smaller than 12 px as it is shown, those of scaled pictures included."""
    load(browser, path)
    found = []
    for width in WIDTHS:
        resize(browser, width)
        found += browser.execute_script("""
            const wrong = new Set();
            let seen = 0;
            for (const e of document.querySelectorAll('body *')) {
                if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
                if (!e.checkVisibility() || e.closest('title, desc, style')) continue;
                seen++;
                const m = e.closest('svg') && e.closest('text').getScreenCTM();
                const size = parseFloat(getComputedStyle(e).fontSize) * (m ? Math.hypot(m.a, m.b) : 1);
                if (size < 11.95) wrong.add(`${size.toFixed(1)} px: ${e.tagName} ${e.textContent.trim().slice(0, 40)}`);
            }
            if (seen < 50) wrong.add(`only ${seen} pieces of text`);
            return [...wrong];""")
    return found


def framed(browser, path):
    """No mark of a picture lies on the frame of its axes."""
    load(browser, path)
    return browser.execute_script("""
        const wrong = [];
        let marks = 0;
        for (const svg of document.querySelectorAll('figure svg')) {
            const frames = [...svg.querySelectorAll('path')].map(e => e.getAttribute('d').match(
                /^M([\\d.]+),([\\d.]+) L\\1,([\\d.]+) L([\\d.]+),\\3 L\\4,\\2 L\\1,\\2 Z/)).filter(
                m => m).map(m => m.slice(1).map(Number));
            for (const e of svg.querySelectorAll('use[transform]')) {
                const at = e.getAttribute('transform').match(/^translate\\(([\\d.]+),([\\d.]+)\\)/);
                if (!at) continue;
                const [x, y] = [Number(at[1]), Number(at[2])];
                marks++;
                for (const [left, top, bottom, right] of frames)
                    if (x > left - 3 && x < right + 3 && y > top - 3 && y < bottom + 3 &&
                        !(x > left + 3 && x < right - 3 && y > top + 3 && y < bottom - 3))
                        wrong.push(`a mark at ${x}, ${y} on the frame`);
            }
        }
        if (marks < 20) wrong.push(`only ${marks} marks`);
        return [...new Set(wrong)];""")


def onto_frame(page):
    """Moves a mark to a corner of the first frame."""
    corner = re.search(r'd="M([\d.]+),([\d.]+) L\1,[\d.]+ L[\d.]+,[\d.]+ L[\d.]+,\2 L\1,\2 Z', page)
    return re.sub(r'(<use [^>]*transform="translate)\([\d.]+,[\d.]+\)', rf'\1({corner[1]},{corner[2]})',
                  page, count=1)


def structured(browser, path):
    load(browser, path)
    return browser.execute_script("""
        const wrong = [], all = name => [...document.querySelectorAll(name)];
        const one = name => { if (all(name).length !== 1) wrong.push(all(name).length + ' of ' + name); };
        ['body > header', 'main', 'nav', 'body > footer', 'h1', 'html[lang]',
         'meta[name=viewport]', 'meta[charset]'].forEach(one);
        for (const e of all('nav, section')) {
            const label = document.getElementById(e.getAttribute('aria-labelledby'));
            if (!label || !label.textContent.trim()) wrong.push('a ' + e.tagName + ' without a name');
        }
        let last = 0;
        for (const e of all('h1, h2, h3, h4, h5, h6')) {
            const level = Number(e.tagName[1]);
            if (level > last + 1) wrong.push(e.tagName + ' after level ' + last + ': ' + e.textContent);
            if (!e.textContent.trim()) wrong.push('an empty ' + e.tagName);
            last = level;
        }
        for (const e of document.body.children)
            if (!['HEADER', 'FOOTER'].includes(e.tagName) && !e.querySelector('main, nav') &&
                !e.classList.contains('skip')) wrong.push('outside of landmarks: ' + e.tagName);
        return wrong;""")


def pictured(browser, path):
    """As assistive technology has it: every picture an image with a name and a description."""
    load(browser, path)
    browser.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = [node for node in nodes if node.get("role", {}).get("value") in ("image", "img") and
             node.get("name", {}).get("value") and node.get("description", {}).get("value")]
    pictures = browser.execute_script("return document.querySelectorAll('svg, img').length")
    return [] if pictures and len(named) == pictures else [f"{len(named)} of {pictures} have words"]


def told_apart(browser, path):
    load(browser, path)
    return browser.execute_script("""
        const seen = {};
        for (const e of document.querySelectorAll('[id]')) seen[e.id] = (seen[e.id] || 0) + 1;
        return Object.keys(seen).filter(id => seen[id] > 1);""")


def linked(browser, path):
    load(browser, path)
    wrong = browser.execute_script("""
        const wrong = [];
        for (const a of document.querySelectorAll('a[href]')) {
            const to = a.getAttribute('href');
            if (!to || (to[0] === '#' && !document.getElementById(decodeURIComponent(to.slice(1)))))
                wrong.push(to + ' leads nowhere');
            if (!a.textContent.trim()) wrong.push(to + ' has no text');
        }
        for (const e of document.querySelectorAll('main > section'))
            if (!document.querySelector(`nav a[href="#${e.getAttribute('aria-labelledby')}"]`))
                wrong.push('not in the navigation: ' + e.getAttribute('aria-labelledby'));
        return wrong;""")
    last = browser.find_elements(By.CSS_SELECTOR, "nav a")[-1]
    last.send_keys(Keys.ENTER)
    for _ in range(40):
        top = browser.execute_script(
            "const e = document.querySelector(':target'); return e && e.getBoundingClientRect().top")
        if top is not None and -2 < top < 900:
            return wrong
        time.sleep(0.05)
    return wrong + [f"the last link of the navigation does not arrive ({top})"]


def tabled(browser, path):
    load(browser, path)
    return browser.execute_script("""
        const wrong = [];
        for (const table of document.querySelectorAll('table')) {
            const name = table.caption && table.caption.textContent.trim();
            if (!name) wrong.push('a table without a caption');
            if ([...table.querySelectorAll('th')].some(e => !e.scope))
                wrong.push('a header without scope in ' + name);
            for (const row of table.querySelectorAll('tbody tr:not(.under)'))
                if (!row.querySelector('th')) wrong.push('a row without a header in ' + name);
            const box = table.closest('.scroll');
            if (!box || box.tabIndex !== 0 || !box.getAttribute('aria-label'))
                wrong.push('a table that no keyboard scrolls: ' + name);
        }
        for (const e of document.querySelectorAll('.verdict'))
            if (!/^(✓ (reproduced|holds|as printed|yes, as printed)|✗ (not reproduced|does not hold|not as printed|no, other than printed))$/.test(e.textContent.trim()))
                wrong.push('a verdict without its words: ' + e.textContent);
        return [...new Set(wrong)];""")


def reached(browser, path):
    """The first Tab shows a link past the navigation."""
    load(browser, path, anew=True)
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    found = browser.execute_script("""
        const e = document.activeElement, box = e.getBoundingClientRect();
        return [e.getAttribute('href'), box.left >= 0 && box.top >= 0 && box.width > 20];""")
    return [] if found == ["#main", True] else [f"the first Tab reaches {found}"]


def came(file, data):
    """Whether the file is there with these bytes, or gets them within some seconds."""
    for _ in range(100):
        if os.path.exists(file):
            with open(file, "rb") as found:
                if found.read() == data:
                    return True
        time.sleep(0.05)
    return False


def saved(browser, path):
    """The data inside the page can be saved, and are the published ones."""
    load(browser, path)
    count = len(browser.find_elements(By.CSS_SELECTOR, "a[download]"))
    wrong = [] if count == len(browser.find_elements(By.TAG_NAME, "figure")) else ["too few"]
    for index in range(count):
        if index % 8 == 0:
            load(browser, path, anew=True)  # a page that saves more than ten files unasked is stopped
        link = browser.find_elements(By.CSS_SELECTOR, "a[download]")[index]
        name = link.get_attribute("download")
        file = os.path.join(os.path.dirname(path), "downloads", name)
        browser.execute_script("arguments[0].click()", link)
        with open(os.path.join(TOP, "golden/lakkapragada2025", name), "rb") as published:
            data = published.read()
        whole = came(file, data)
        if os.path.exists(file):
            os.unlink(file)
        if not whole:  # to wait for the others as long as for this one tells no more
            return wrong + [name]
    return wrong


def printed(browser, path):
    """On paper nothing stays hidden in the settings, and nothing leaves an A4 sheet."""
    load(browser, path)
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = false)")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    resize(browser, 718)
    wrong = browser.execute_script("""
        const wrong = [], wide = document.scrollingElement.scrollWidth;
        if (wide > 718) wrong.push(wide + ' wide on a sheet of 718');
        for (const table of document.querySelectorAll('.settings table'))
            if (!table.checkVisibility()) wrong.push('hidden: ' + table.caption.textContent);
        return wrong;""")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    return wrong


# ---- Pages made wrong --------------------------------------------------------------------

def change(old, new):
    def make(page):
        assert old in page, old
        return page.replace(old, new)
    return make


def insert(text, policy=True):
    def make(page):
        page = page.replace("<h1", text + "<h1", 1)
        return page if policy else re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    return make


def style(text):
    return change("</style>", text + "</style>")


CHECKS = [
    ("renders", rendered, [style("figure svg { display: none }"), change("<main", "<main hidden='hidden'")]),
    ("no message on the console", silent, [insert("<script>1</script>")]),
    ("no request leaves the page", alone,
     [insert('<img alt="" src="http://127.0.0.1:9/x.png"/>', policy=False),
      insert('<link rel="stylesheet" href="other.css"/>', policy=False)]),
    ("no overflow at 390 and 1280 px", fits,
     [insert('<p style="width: 600px">x</p>'), insert('<p style="width: 1500px">x</p>')]),
    ("contrast, light", contrast("light"),
     [change("--soft: #50555e", "--soft: #8a8f98"), style("svg text { fill: #999 }")]),
    ("contrast, dark", contrast("dark"),
     [change("--soft: #a9afba", "--soft: #666"), change("--yes: #8fdca5", "--yes: #14632b")]),
    ("no letter below 12 px", readable,
     [style("figcaption { font-size: 11px }"),
      style("figure svg[width][height] { min-width: 0; width: 300px }")]),
    ("no mark on a frame", framed, [onto_frame]),
    ("landmarks and headings", structured,
     [lambda page: page.replace("<main", "<div").replace("</main", "</div"),
      lambda page: page.replace("<h2", "<h4").replace("</h2", "</h4"), change(' lang="en"', ""),
      insert("<h1>again</h1>"), change('aria-labelledby="contents"', "")]),
    ("pictures have alternatives", pictured,
     [lambda page: re.sub(r'role="img" aria-labelledby="[^"]*"', "", page),
      lambda page: re.sub(r"<(title|desc) id=.*?</\1>", "", page)]),
    ("ids are unique", told_apart, [insert('<p id="summary">x</p>')]),
    ("links arrive", linked,
     [change('href="#summary"', 'href="#nowhere"'), change('<a href="#fig6"', '<a href="#main"')]),
    ("tables are named and scoped", tabled,
     [change(' scope="col"', ""), change("<caption>", "<caption></caption><caption>"),
      change("✓ reproduced", "✓"), change(' tabindex="0"', "")]),
    ("the keyboard skips to the results", reached,
     [change('href="#main"', 'href="#contents"'), style(".skip:focus { left: -99rem }")]),
    ("the data can be saved", saved, [change("%0A", "%0A%0A"), change(' download="', ' data-x="')]),
    ("prints whole", printed,
     [change(".settings::details-content", ".settings::details-nothing"),
      insert('<p style="min-width: 800px">x</p>')]),
]


# ---- Pages -------------------------------------------------------------------------------

def report(folder, out):
    made = subprocess.run([SLTRACE, "figure", folder, "--out", out], cwd=TOP, capture_output=True,
                          text=True)
    return made, os.path.join(out, os.path.basename(folder) + ".html")


def edit(path, old, new):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert old in text, old
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))


def take(folder, name, goldens):
    """A folder of some of the paper's goldens, with their manifests."""
    for part in ("golden", "manifests"):
        os.makedirs(f"{folder}/{part}/{name}")
        for file in os.listdir(f"{TOP}/{part}/lakkapragada2025"):
            if file.split(".")[0] in goldens:
                shutil.copy(f"{TOP}/{part}/lakkapragada2025/{file}",
                            f"{folder}/{part}/{name}/{file}")
    os.makedirs(f"{folder}/.git")  # as in a repository: its goldens name its manifests
    os.symlink(name, f"{folder}/manifests/lakkapragada2025")


def mixed(folder):
    """A claim that is not reproduced, a long and hostile title, data that were changed."""
    take(folder, "mixed", ("fig6", "fig6-scale"))
    edit(f"{folder}/golden/mixed/fig6.golden", "expect -0.429", "expect -9")
    edit(f"{folder}/manifests/mixed/fig6.yaml", "expect: -0.429", "expect: -9")
    edit(f"{folder}/manifests/mixed/fig6.yaml", "title: \"Low-rank",
         f"title: \"<script>alert(1)</script>{'W' * 180} Low-rank")
    edit(f"{folder}/golden/mixed/fig6-scale.csv", ".3", ".4")
    return report(f"{folder}/golden/mixed", folder)


def shoot(browser, page, folder):
    for width in WIDTHS:
        for scheme in SCHEMES:
            load(browser, page)
            resize(browser, width)
            paint(browser, scheme)
            height = browser.execute_script("return document.documentElement.scrollHeight")
            shot = browser.execute_cdp_cmd("Page.captureScreenshot", {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 12000), "scale": 1}})
            with open(f"{folder}/report-{width}-{scheme}.png", "wb") as file:
                file.write(base64.b64decode(shot["data"]))


def try_checks(browser, page, ok):
    for name, check, _ in CHECKS:
        found = check(browser, page)
        ok(not found, name, found[:20])


def try_doctored(browser, folder, ok):
    take(folder + "/few", "few", ("fig6", "fig6-scale"))
    _, page = report(f"{folder}/few/golden/few", folder)
    with open(page, encoding="utf-8") as file:
        good = file.read()
    for name, check, _ in CHECKS:
        found = check(browser, page)
        ok(not found, f"{name}: in a small report", found[:20])
    for at, (name, check, doctored) in enumerate(CHECKS):
        for which, make in enumerate(doctored):
            bad = f"{folder}/bad-{at}-{which}.html"
            with open(bad, "w", encoding="utf-8") as file:
                file.write(make(good))
            ok(check(browser, bad), f"{name}: page {which + 1} made wrong is found out")


def try_mixed(browser, folder, ok):
    made, page = mixed(folder)
    ok(made.returncode == 1, "a golden whose data were changed", [made.stderr])
    with open(page, encoding="utf-8") as file:
        text = file.read()
    ok("✗ not reproduced" in text and "✗ does not hold" in text, "both are told")
    for name, check, _ in CHECKS:
        if check not in (saved, linked):
            found = check(browser, page)
            ok(not found, f"with trouble in it: {name}", found[:20])


def try_front(browser, folder, ok):
    """The front page of a tree, whose one report is that of try_mixed."""
    report(f"{folder}/golden", folder)
    page = f"{folder}/index.html"
    with open(page, encoding="utf-8") as file:
        text = file.read()
    ok("✗ does not hold" in text and 'href="mixed.html#fig6"' in text, "a front page")
    for name, check, _ in CHECKS:
        if check in (silent, alone, fits, structured, told_apart, linked, tabled, reached):
            found = check(browser, page)
            ok(not found, f"a front page: {name}", found[:20])


def main():
    shots = sys.argv[2] if sys.argv[1:2] == ["--shots"] else None
    number, failed = 0, 0

    def ok(good, name, why=()):
        nonlocal number, failed
        number += 1
        failed += not good
        print("ok" if good else "not ok", number, "-", name, flush=True)
        for line in () if good else why:
            print("#", line)

    with tempfile.TemporaryDirectory() as folder:
        made, page = report("golden/lakkapragada2025", folder)
        ok(made.returncode == 0, "sltrace figure golden/lakkapragada2025", made.stderr.splitlines())
        browser = start(folder)
        try:
            try_checks(browser, page, ok)
            try_doctored(browser, folder, ok)
            try_mixed(browser, folder + "/mixed", ok)
            try_front(browser, folder + "/mixed", ok)
            if shots:
                shoot(browser, page, shots)
        finally:
            browser.quit()
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
