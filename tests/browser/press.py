#!/usr/bin/python3
"""Opens a page that verifies itself in Chromium, and presses the buttons of all goldens.

    tests/browser/press.py PAGE

Prints what the page says of the first run of each; exit status 0 if all are green.
"""

import os
import sys
import tempfile

import chromium


def main():
    with tempfile.TemporaryDirectory() as folder:
        browser = chromium.start(folder)
        try:
            browser.get("file://" + os.path.abspath(sys.argv[1]))
            found = chromium.press_all(browser)
        finally:
            browser.quit()
    for told in found:
        print(f"{told['kind']}: {told['text']}\n{told['detail']}")
    return 0 if found and all(told["kind"] == "told yes" for told in found) else 1


if __name__ == "__main__":
    sys.exit(main())
