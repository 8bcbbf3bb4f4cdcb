"""The command ``prasasti-verify``: its arguments, and the report in words or as JSON."""

import json
import sys
import traceback
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from prasasti_verify.notes import parse_checkpoint, parse_key, parse_policy
from prasasti_verify.strict import HASH, CannotDo, Wrong
from prasasti_verify.tiles import Source
from prasasti_verify.verify import Report, verify_entry, verify_ledger, verify_state

_EXITS = {"in order": 0, "wrong": 1, "documents are missing": 1, "no verdict": 2}
_EXAMPLES = """exit: 0 in order; 1 something is wrong or missing; 2 no verdict (usage, unreadable input, no network, unknown effect)
examples:
  prasasti-verify published/                                  everything in a folder
  prasasti-verify https://ledger.example/log                  the same behind a web server
  prasasti-verify published/ --key log.vkey --policy policy --genesis 89eb...4182    trusting no copy in the folder
  prasasti-verify copy/ --closed --previous checkpoint.kept --json    a copy that nobody writes; the log only grew; for a machine
  prasasti-verify published/ --tiles-only                     the hashes alone, as fast as possible
  prasasti-verify --proof entry.tlog-proof --key log.vkey     one entry is in the log
  prasasti-verify --state-proof key.json --key log.vkey       what the state holds under a key, or that it holds nothing
  prasasti-verify --list contracts.json published/            a list is whole"""


# Verify what the arguments name, print the report, return the exit code; argparse ends the process where they are wrong.
def main(arguments: list[str] | None = None) -> int:
    given, report, verdict, problem = _parse_arguments(arguments), Report(), "in order", ""
    try:
        _verify(given, report)
        if report.missing:
            verdict, report.meaning = "documents are missing", "The log is whole; ask for the documents, or for the withholding entry."
    except Wrong as caught:
        verdict, problem = "wrong", str(caught)
    except (CannotDo, OSError, HTTPException) as caught:
        verdict, problem = "no verdict", str(caught)
    except Exception as caught:  # A defect here is no verdict on a log, and Python would end with 1.
        verdict, problem = "no verdict", f"a defect of this program: {caught!r}"
        traceback.print_exc()
    report.meaning = report.meaning if _EXITS[verdict] == 1 else ""
    found = vars(report) | {"verdict": verdict, "problem": problem}
    text = json.dumps(found, indent=2, sort_keys=True) if given.json else _format(found)
    # What others wrote may hold signs that steer a terminal, or that this one cannot show.
    encoding, shown = sys.stdout.encoding or "utf-8", (c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)
    print("".join(shown).encode(encoding, "backslashreplace").decode(encoding))
    return _EXITS[verdict]


def _parse_arguments(arguments: list[str] | None) -> Namespace:
    parser = ArgumentParser("prasasti-verify", epilog=_EXAMPLES, formatter_class=RawDescriptionHelpFormatter)
    parser.description = "Check a published ledger with nothing but its files and public keys."
    parser.add_argument("where", nargs="?", metavar="FOLDER|URL", help="the published ledger")
    parser.add_argument("--key", metavar="VKEYFILE", type=_read_with(parse_key), help="the log's verifier key, had another way")
    parser.add_argument("--policy", metavar="FILE", type=_read_with(parse_policy), help="which witnesses must have cosigned")
    parser.add_argument("--genesis", metavar="SHA256", default="", help="SHA-256 of the ledger's genesis.json")
    kept = _read_with(lambda data, path: (path, parse_checkpoint(data, path)))
    parser.add_argument("--previous", metavar="CHECKPOINT", type=kept, action="append", default=[], help="one kept, or another reader's")
    parser.add_argument("--closed", action="store_true", help="nobody writes the folder: what is pending is wrong")
    parser.add_argument("--tiles-only", action="store_true", help="only the checkpoint, and that all entries hash to it")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    one = parser.add_mutually_exclusive_group()
    for name, what in (("proof", "tlog-proof of an entry"), ("state-proof", "state proof of a key"), ("list", "proof of a whole list")):
        one.add_argument(f"--{name}", metavar="FILE", help=f"check only this {what}")
    given = parser.parse_args(arguments)
    given.file = given.proof or given.state_proof or given.list
    if not (given.where or given.file) or (given.genesis and not HASH.fullmatch(given.genesis)):
        parser.error("name a FOLDER or URL, or a proof file; --genesis takes 64 lower-case hex digits")
    return given


# What the reader brings along; malformed, it allows no verdict on the log.
def _read_with(parse: Callable[[bytes, str], Any]) -> Callable[[str], Any]:
    def read_file(path: str) -> Any:
        try:
            with open(path, "rb") as stream:
                return parse(stream.read(), path)
        except (Wrong, OSError) as problem:
            raise ArgumentTypeError(str(problem)) from problem

    return read_file


def _verify(given: Namespace, report: Report) -> None:
    given.progress = _show_progress if sys.stderr.isatty() else lambda done, total: None
    source = Source(given.where) if given.where else None
    if source and not given.file:
        return verify_ledger(source, given, report)
    with open(given.file, "rb") as stream:
        data = stream.read()
    report.meaning = "This file proves nothing."
    return (verify_entry if given.proof else verify_state)(data, given.file, source, given, report)


def _show_progress(done: int, total: int) -> None:
    if done == total or done // 256 % 40 == 0:
        print(f"\r{done:,} of {total:,} entries", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _format(found: dict[str, Any]) -> str:
    lines = [found["subject"]]
    for title in ("checked", "left to audit", "taken on trust", "warnings", "withheld", "missing"):
        items = found[title.replace(" ", "_")]
        lines += [f"{title}: {item}" for item in (items if type(items) is list else [f"{what}: {items[what]:,}" for what in items])]
    lines += [f"pending: {found['pending']}", json.dumps(found["shown"], ensure_ascii=False, indent=2) if found["shown"] else ""]
    lines += [f"{found['verdict'].upper()}: {found['problem']}".removesuffix(": "), found["meaning"]]
    # A name may hold an end of line, and would pass for a line of this report; only the JSON of what is shown has its own.
    return "\n".join(line if line[0] == "{" else line.replace("\n", "\\x0a") for line in lines if line)


if __name__ == "__main__":
    sys.exit(main())
