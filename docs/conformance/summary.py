#!/usr/bin/python3
"""Writes the table of README.md from the reports beside it."""
import collections
import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent
SHORT = {"pass": "", "non-strict": "non-strict", "informational": "inform.", "unimplemented": "unimpl.", "close": "bad close", "fail": "fail"}


def kind(case):
    return case["verdict"] if case["verdict"] == "fail" or case["close"] in ("ok", "informational") else "close"


def cell(counts):
    return ", ".join(f"{counts[verdict]} {SHORT[verdict]}".strip() for verdict in SHORT if counts[verdict]) or "–"


def main():
    reports = [json.loads(path.read_text()) | {"page": path.stem + ".html"} for path in sorted(FOLDER.glob("*.json"))]
    sections = collections.defaultdict(lambda: [collections.Counter() for _ in reports])
    for number, report in enumerate(reports):
        for case in report["cases"]:
            sections[case["id"].split(".")[0]][number][kind(case)] += 1
            sections["all"][number][kind(case)] += 1
    order = sorted(sections, key=lambda name: (name == "all", not name.isdigit(), int(name) if name.isdigit() else 0))
    lines = ["| | " + " | ".join(f"{report['side']} [{report['peer']}]({report['page']})" for report in reports) + " |", "|---" * (len(reports) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(map(cell, sections[name])) + " |" for name in order]
    readme = FOLDER / "README.md"
    text = re.sub(r"(<!-- table -->\n).*(<!-- end -->)", lambda found: found[1] + "\n".join(lines) + "\n" + found[2], readme.read_text(), flags=re.DOTALL)
    readme.write_text(text)


main()
