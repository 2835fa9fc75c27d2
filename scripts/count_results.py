#!/usr/bin/python3
"""Sums the JUnit files of all runners: count_results.py DIRECTORY RUNNER...

Every runner left its files in DIRECTORY/RUNNER/. Prints what failed and why, what was skipped and why,
and as the last line the one count. A runner that ran nothing is a failure: silence is no success.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

REASON_LINES = 12


def cases_of(directory):
    """(name, outcome, text) of every test; one file may be cut off by a crash."""
    for path in sorted(directory.glob("*.xml")):
        try:
            suites = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            yield f"{path.name}", "failed", f"its report cannot be read: {error}"
            continue
        for case in suites.iter("testcase"):
            name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
            for outcome, tags in (("failed", ("failure", "error")), ("skipped", ("skipped",))):
                found = next((child for tag in tags for child in case.findall(tag)), None)
                if found is not None:
                    yield name, outcome, (found.text or found.get("message") or "").strip()
                    break
            else:
                yield name, "passed", ""


def main(directory, runners):
    totals = Counter()
    for runner in runners:
        counts = Counter()
        for name, outcome, text in cases_of(directory / runner):
            counts[outcome] += 1
            if outcome == "failed":
                print(f"\nFAILED {runner}: {name}")
                print("\n".join("    " + line for line in text.splitlines()[:REASON_LINES]))
            elif outcome == "skipped":
                print(f"skipped {runner}: {name}: {text.splitlines()[0] if text else 'no reason given'}")
        if counts["passed"] + counts["failed"] == 0:
            counts["failed"] += 1
            print(f"\nFAILED {runner}: it ran no test at all")
        print(f"{runner}: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
        totals += counts
    skipped = f", {totals['skipped']} skipped" if totals["skipped"] else ""
    print(f"\n{totals['passed']} passed, {totals['failed']} failed{skipped}")
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
