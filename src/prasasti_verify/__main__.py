"""The command ``prasasti-verify``: its arguments, and the report in words or as JSON."""

import argparse
import json
import sys
import traceback
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
  prasasti-verify published/ --previous checkpoint.kept       that the log only grew since; may be given several times
  prasasti-verify published/ --closed --json                  a copy that nobody writes; the report for a machine
  prasasti-verify published/ --tiles-only                     the hashes alone, as fast as possible
  prasasti-verify --proof entry.tlog-proof --key log.vkey     one entry is in the log
  prasasti-verify --state-proof key.json --key log.vkey       what the state holds under a key, or that it holds nothing
  prasasti-verify --list contracts.json published/            a list is whole"""


def main(arguments: list[str] | None = None) -> int:
    """Verify what the arguments name, print the report, return the exit code; argparse ends the process where they are wrong."""
    options, report, verdict, problem = _parse_arguments(arguments), Report(), "in order", ""
    try:
        _verify(options, report)
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
    _print(vars(report) | {"verdict": verdict, "problem": problem}, options.json)
    return _EXITS[verdict]


def _parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("prasasti-verify", description="Check a published ledger.", epilog=_EXAMPLES, formatter_class=layout)
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
    options = parser.parse_args(arguments)
    if not (options.where or options.proof or options.state_proof or options.list):
        parser.error("name a FOLDER or URL, or a proof file")
    if options.genesis and not HASH.fullmatch(options.genesis):
        parser.error("--genesis takes 64 lower-case hex digits")
    return options


# What the reader brings along; malformed, it allows no verdict on the log.
def _read_with(parse: Callable[[bytes, str], Any]) -> Callable[[str], Any]:
    def read_file(path: str) -> Any:
        try:
            with open(path, "rb") as stream:
                return parse(stream.read(), path)
        except (Wrong, OSError) as problem:
            raise argparse.ArgumentTypeError(str(problem)) from problem

    return read_file


def _verify(options: argparse.Namespace, report: Report) -> None:
    options.progress = _show_progress if sys.stderr.isatty() else lambda done, total: None
    source, path = Source(options.where) if options.where else None, options.proof or options.state_proof or options.list
    if source and not path:
        return verify_ledger(source, options, report)
    with open(path, "rb") as stream:
        data = stream.read()
    report.meaning = "This file proves nothing."
    if options.proof:
        return verify_entry(data, path, source, options, report)
    return verify_state(data, path, source, options, report)


def _show_progress(done: int, total: int) -> None:
    if done == total or done // 256 % 40 == 0:
        print(f"\r{done:,} of {total:,} entries", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _print(report: dict[str, Any], as_json: bool) -> None:
    lines = [json.dumps(report, indent=2, sort_keys=True)] if as_json else [report["subject"]]
    for title in [] if as_json else ("checked", "left to audit", "taken on trust", "warnings", "withheld", "missing"):
        found = report[title.replace(" ", "_")]
        texts = found if type(found) is list else [f"{what}: {count:,}" for what, count in found.items()]
        lines += [f"{title}: {text}" for text in texts]
    if not as_json:
        lines += [f"pending: {report['pending']}", json.dumps(report["shown"], ensure_ascii=False, indent=2) if report["shown"] else ""]
        lines += [f"{report['verdict'].upper()}: {report['problem']}".removesuffix(": "), report["meaning"]]
    # What others wrote may hold signs that steer a terminal, or that this one cannot show.
    text = "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in "\n".join(filter(None, lines)))
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


if __name__ == "__main__":
    sys.exit(main())
