"""The browser of the tests: Chromium without a screen, by selenium."""

import shutil

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service


def start(folder):
    """A browser whose profile is in the folder, and that tells what it asks a network for."""
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    browser.set_script_timeout(3600)
    return browser


def press(browser, anchor, run="0", until="cancel.hidden && told.className !== 'told '"):
    """Presses the button of a golden and waits; what the page then says."""
    return browser.execute_async_script("""
        const [anchor, run, done] = arguments;
        const box = document.querySelector(`[data-bundle="${anchor}:bundle"]`);
        const told = box.querySelector('.told'), cancel = box.querySelector('.cancel');
        const began = performance.now();
        box.querySelector('select').value = run;
        let seen = 0;
        const look = () => {
            seen = Math.max(seen, box.querySelector('progress').value);
            if (!(%s)) return;
            clearInterval(timer);
            done({kind: told.className, text: told.textContent, seen,
                  seconds: (performance.now() - began) / 1000, cancel: !cancel.hidden,
                  colour: getComputedStyle(told).color,
                  detail: box.querySelector('pre').textContent});
        };
        const timer = setInterval(look, 20);
        box.querySelector('.start').click();""" % until, anchor, run)


def press_all(browser):
    """Presses all buttons of a page at once and waits; what it then says of each."""
    return browser.execute_async_script("""
        const [done] = arguments, boxes = [...document.querySelectorAll('.in-page')];
        for (const box of boxes) box.querySelector('.start').click();
        const timer = setInterval(() => {
            if (boxes.some(box => !box.querySelector('.cancel').hidden)) return;
            clearInterval(timer);
            done(boxes.map(box => ({
                golden: box.dataset.bundle.replace(/:bundle$/, ''),
                kind: box.querySelector('.told').className,
                text: box.querySelector('.told').textContent,
                detail: box.querySelector('pre').textContent})));
        }, 20);""")
