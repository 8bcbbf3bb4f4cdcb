"""A process that writes to a ledger until it is killed: ``python -m tests.engines.writer FOLDER SEED``.

Says ``open``, then the id of each transaction once it was acknowledged, one a line, written at once.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from pathlib import Path

import msgspec

from prasasti.core.entries import Receipt
from prasasti.services.ledger import Ledger
from prasasti.storage import write_ahead
from tests.engines.world import OTHER, Envelopes, open_ledger

THREADS = 4
# Every few blocks, so that it is killed while it moves the log, too.
write_ahead.PAGES_TOGETHER = 200


def say(line: str) -> None:
    """One line, whole: a write of less than a pipe's buffer is not mixed with another's."""
    os.write(1, f"{line}\n".encode())


def write(ledger: Ledger, storing: threading.Lock, seed: int) -> None:
    """Put and remove records, store and name documents, schedule deadlines, have some refused; never ends."""
    make = Envelopes(ledger)
    choose = random.Random(seed)
    while True:
        with storing:
            (document,) = ledger.documents.put([(b"%d" % choose.getrandbits(64), "text/plain")])
        envelopes = [make.put(f"key-{choose.randrange(200)}", choose.choice(["one", "two", ""])) for _ in range(choose.randrange(1, 6))]
        envelopes.append(make.sign("rehearsal.name", {"document": msgspec.to_builtins(document)}))
        envelopes.append(make.schedule((ledger.now() + choose.randrange(3), f"key-{choose.getrandbits(64)}")))
        envelopes.append(make.sign("rehearsal.put", {"texts": {"a": "refuse"}}, OTHER))
        for answer in ledger.submit(envelopes):
            if isinstance(answer, Receipt):
                say(answer.id)


def main(folder: Path, seed: int) -> None:
    """Write from several threads."""
    with open_ledger(folder) as ledger:
        say("open")
        storing = threading.Lock()
        threads = [threading.Thread(target=write, args=(ledger, storing, seed + number)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
