"""The command ``prasasti-verify``: its arguments, and the report in words or as JSON.

Exit 0: all in order; 1: something is wrong or missing; 2: no verdict (usage, unreadable input, no network, unknown effect).
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, TypeVar

from prasasti_verify.notes import parse_checkpoint, parse_key, parse_policy
from prasasti_verify.strict import HASH, CannotDo, Wrong
from prasasti_verify.tiles import Source
from prasasti_verify.verify import Given, Report, verify_entry, verify_ledger, verify_state

_Value = TypeVar("_Value")
_EXAMPLES = """examples:
  prasasti-verify published/                                  everything in a folder
  prasasti-verify https://ledger.example/log                  the same behind a web server
  prasasti-verify published/ --key log.vkey --policy policy --genesis 89eb…4182    trusting nothing in the folder itself
  prasasti-verify published/ --previous checkpoint.last-week  that the log only grew since
  prasasti-verify published/ --closed --json                  a copy that nobody writes; the report for a machine
  prasasti-verify published/ --tiles-only                     hashes only, as fast as possible
  prasasti-verify --proof entry.tlog-proof --key log.vkey     one entry is in the log
  prasasti-verify --state-proof key.json --key log.vkey       what the state holds under a key, or that it holds nothing
  prasasti-verify --list contracts.json published/            a list is whole"""


def main(arguments: list[str] | None = None) -> int:
    """Verify what the arguments name; the exit code."""
    options = _parse_arguments(arguments)
    report, verdict, problem = Report(), "in order", None
    try:
        _verify(options, report)
        if report.missing:
            verdict = "documents are missing"
            report.meaning = "The log itself is whole; these documents are neither here nor withheld: ask for them."
    except Wrong as caught:
        verdict, problem = "wrong", f"{caught.place}: {caught.what}"
    except (CannotDo, OSError, HTTPException) as caught:
        verdict, problem, report.meaning = "no verdict", str(caught), ""
    except Exception as caught:  # A defect of this program is no verdict on a log, and Python would end with 1.
        traceback.print_exc()
        verdict, problem, report.meaning = "no verdict", f"a defect of this program: {caught!r}", ""
    if verdict == "in order":
        report.meaning = ""
    _print(vars(report) | {"verdict": verdict, "problem": problem}, options.json)
    return {"in order": 0, "wrong": 1, "documents are missing": 1, "no verdict": 2}[verdict]


def _parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="prasasti-verify", description="Check a published ledger without trusting who publishes it.", epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("where", nargs="?", metavar="FOLDER|URL", help="the published ledger")
    parser.add_argument("--key", metavar="VKEYFILE", help="the log's verifier key, had another way than from the folder")
    parser.add_argument("--policy", metavar="FILE", help="which witnesses must have cosigned")
    parser.add_argument("--genesis", metavar="SHA256", default="", help="SHA-256 of the ledger's genesis.json")
    parser.add_argument("--previous", metavar="CHECKPOINT", action="append", default=[], help="a checkpoint kept earlier, or another reader's")
    parser.add_argument("--closed", action="store_true", help="nobody writes the folder: what is pending is wrong")
    parser.add_argument("--tiles-only", action="store_true", help="only the checkpoint, and that all entries hash to it")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--proof", metavar="FILE", help="check this tlog-proof instead: an entry is in the log")
    one.add_argument("--state-proof", metavar="FILE", help="check this state proof instead: what the state holds under a key")
    one.add_argument("--list", metavar="FILE", help="check this list proof instead: a list is whole")
    options = parser.parse_args(arguments)
    if not (options.where or options.proof or options.state_proof or options.list):
        parser.error("name a FOLDER or URL, or a proof file")
    if options.genesis and not HASH.fullmatch(options.genesis):
        parser.error("--genesis takes 64 lower-case hex digits")
    return options


def _verify(options: argparse.Namespace, report: Report) -> None:
    given = Given(
        key=_read_aid(parse_key, options.key) if options.key else None,
        policy=_read_aid(parse_policy, options.policy) if options.policy else None,
        genesis_sha256=options.genesis, kept={path: _read_aid(parse_checkpoint, path) for path in options.previous},
        is_closed=options.closed, tiles_only=options.tiles_only, progress=_show_progress if sys.stderr.isatty() else lambda done, total: None,
    )  # fmt: skip
    source = Source(options.where) if options.where else None
    path = options.proof or options.state_proof or options.list
    if source and not path:
        verify_ledger(source, given, report)
        return
    with open(path, "rb") as stream:
        data = stream.read()
    report.meaning = "This file proves nothing."
    if options.proof:
        verify_entry(data, path, source, given, report)
    else:
        verify_state(data, path, bool(options.list), source, given, report)


# What the reader brings along; malformed, it allows no verdict on the log.
def _read_aid(parse: Callable[[bytes, str], _Value], path: str) -> _Value:
    try:
        with open(path, "rb") as stream:
            return parse(stream.read(), path)
    except Wrong as problem:
        raise CannotDo(f"{problem.place}, which you gave, {problem.what}") from problem


_last_shown = 0.0


def _show_progress(done: int, total: int) -> None:
    global _last_shown
    if time.monotonic() - _last_shown > 0.2 or done == total:
        _last_shown = time.monotonic()
        print(f"\r{done:,} of {total:,} entries", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True))
        return
    lines = [report["subject"]]
    for title in ("checked", "left_to_audit"):
        lines += [f"{title.replace('_', ' ')}: {what}: {count:,}" for what, count in report[title].items()]
    for title in ("taken_on_trust", "warnings", "withheld", "missing"):
        lines += [f"{title.replace('_', ' ').removesuffix('s')}: {text}" for text in report[title]]
    lines += [f"pending: {report['pending']}"] if report["checked"].get("blocks") else []
    lines += [json.dumps(report["shown"], ensure_ascii=False, indent=2)] if report["shown"] else []
    lines += [f"{report['verdict'].upper()}{': ' if report['problem'] else ''}{report['problem'] or ''}", report["meaning"]]
    encoding = sys.stdout.encoding or "utf-8"
    for line in filter(None, lines):
        # What others wrote may hold signs that steer a terminal.
        safe = "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in line)
        print(safe.encode(encoding, "backslashreplace").decode(encoding))


if __name__ == "__main__":
    sys.exit(main())
