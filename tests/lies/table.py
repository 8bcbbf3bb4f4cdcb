"""The table of lies: what a liar does to a published log, and who finds it where.

One row a lie. It drives the tests (each lie is told about a real ledger and judged) and ``docs/table-of-lies.md``.
A place is how the finder's message begins; names in braces are filled in by the lie.
"""

from __future__ import annotations

import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Condition, Contract, Message
from prasasti.log.checkpoint import build_log_key, format_vkey
from prasasti_verify.hashing import sha256
from tests.core.ledger import key_of
from tests.lies import forging
from tests.lies.forging import Entry
from tests.lies.world import (
    AGENCY_REGISTRAR,
    ATTEST,
    PUBLISHER,
    RELEASES,
    SECOND_REGISTRAR,
    STORY,
    LogSigner,
    Release,
    Step,
    Story,
    World,
    attest,
    register,
)

ANYONE = "whoever serves the files"
LOG_KEY = "the holder of the log's key"
PUBLISHING = "a publisher"

VERIFIER = "verifier"
KEPT = "kept checkpoint"
AUDIT = "audit"
DISPUTE = "audit with the sender's envelope"
JUDGES = (VERIFIER, KEPT, AUDIT, DISPUTE)

Places = Mapping[str, object]


class Stage:
    """An honest ledger and a copy of its published folder, which the lie is told in."""

    def __init__(self, honest: World, scratch: Path) -> None:
        self.honest = honest
        self.folder = scratch / "public"
        self._scratch = scratch
        self.kept = honest.checkpoints[1]
        self.disputed: bytes | None = None
        shutil.copytree(honest.public, self.folder)

    @property
    def genesis(self) -> bytes:
        """genesis.json of the honest ledger."""
        return self.honest.ledger.genesis_bytes

    def entries(self) -> list[Entry]:
        """The honest log, to change."""
        return forging.decode(self.honest.entries)

    def position(self, step: str) -> int:
        """Where the honest log holds a step of the story."""
        return self.honest.positions[step]

    def document(self, release: Release) -> Path:
        """Where a release's document is published."""
        return self.folder / "documents" / "sha256" / release.digest[:2] / release.digest

    def serve(self, entries: list[Entry]) -> None:
        """Show other entries under the checkpoint that the log signed."""
        forging.write_tiles(self.folder, forging.encode(entries), len(self.honest.entries))

    def sign(self, entries: list[Entry]) -> None:
        """Show other entries and sign them with the log's key."""
        data = forging.encode(entries)
        forging.write_tiles(self.folder, data, len(data))
        forging.list_withheld(self.folder, entries)
        forging.sign(self.folder, data)

    def retell(self, story: Story, contracts: tuple[Contract, ...] = CONTRACTS, documents: tuple[bytes, ...] = ()) -> World:
        """Run another story on a node of the liar's own, and publish that with the log's key."""
        world = World(self._scratch / "liar", story, contracts, documents)
        shutil.rmtree(self.folder)
        shutil.copytree(world.public, self.folder)
        return world


@dataclass(frozen=True)
class Lie:
    """A row. ``found`` says, for each judge that finds the lie, how its message begins; the others find nothing."""

    name: str
    liar: str
    done: str
    tell: Callable[[Stage], Places]
    found: Mapping[str, str]


def without(story: Story, *names: str) -> Story:
    """The story without these steps, and without blocks that are left empty."""
    blocks = (replace(block, steps=tuple(step for step in block.steps if step.name not in names)) for block in story)
    return tuple(block for block in blocks if block.steps)


def beside(story: Story, name: str, *steps: Step) -> Story:
    """The story with more steps at the end of the block that holds the named one."""
    return tuple(
        replace(block, steps=(*block.steps, *steps)) if any(step.name == name for step in block.steps) else block for block in story
    )


def instead(story: Story, name: str, step: Step) -> Story:
    """The story with another step in the place of the named one."""
    return tuple(replace(block, steps=tuple(step if each.name == name else each for each in block.steps)) for block in story)


def relax(action: str, favours: Callable[[Any], bool]) -> tuple[Contract, ...]:
    """Contracts of a node whose operator spares some transactions every condition; their tables are the same."""

    def spare(holds: Condition) -> Condition:
        return lambda view, call: favours(call.arguments) or holds(view, call)

    def relax_message(message: Message) -> Message:
        return replace(message, conditions=tuple((rejection, spare(holds)) for rejection, holds in message.conditions))

    name, _, verb = action.partition(".")
    return tuple(
        replace(contract, messages=tuple(relax_message(message) if message.name == verb else message for message in contract.messages))
        if contract.name == name
        else contract
        for contract in CONTRACTS
    )


# -- lies of whoever serves the files: every hash is theirs to rewrite, the checkpoint's signature is not ----------------


def alter_entry(stage: Stage) -> Places:
    position = stage.position("attest 1")
    bundle = stage.folder / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b'"number":1,', b'"number":9,', 1))
    return {"entry": position}


def alter_entry_and_tiles(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 1")
    entries[position]["events"][0]["number"] = 9
    stage.serve(entries)
    return {"entry": position, "block": forging.next_block(entries, position)}


def alter_entry_and_links(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 1")
    entries[position]["events"][0]["number"] = 9
    stage.serve(forging.link(stage.genesis, entries))
    return {"entry": position}


def alter_last_entry(stage: Stage) -> Places:
    entries = stage.entries()
    entries[-1]["events"][0]["number"] = 99
    stage.serve(entries)
    return {"entry": len(entries) - 1}


def drop_entry(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 2")
    stage.serve(entries[:position] + entries[position + 1 :])
    return {"entry": position}


def drop_last_entry(stage: Stage) -> Places:
    entries = stage.entries()
    honest_size = len(entries)
    entries = forging.link(stage.genesis, entries[:-1])
    stage.serve(entries)
    short = stage.folder / "tile" / "entries" / "001.p" / f"{len(entries) - 256}"
    short.rename(short.with_name(str(honest_size - 256)))
    leaves = stage.folder / "tile" / "0" / "001.p" / f"{len(entries) - 256}"
    leaves.rename(leaves.with_name(str(honest_size - 256)))
    return {"bundle": f"tile/entries/001.p/{honest_size - 256}"}


def reorder_entries(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 1")
    entries[position], entries[position + 1] = entries[position + 1], entries[position]
    stage.serve(entries)
    return {"entry": position}


def double_entry(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 1")
    stage.serve([*entries[: position + 1], entries[position], *entries[position + 1 : -1]])
    return {"entry": position + 1}


def insert_refusal(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest under a foreign prefix")
    forged = entries[position] | {"id": sha256(b"nobody sent this").hex()}
    stage.serve(forging.link(stage.genesis, [*entries[:position], forged, *entries[position:]])[:-1])
    return {"entry": position}


def forge_signature(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 4")
    signature = entries[position]["envelope"]["signatures"][0]
    signature["sig"] = ("B" if signature["sig"][0] == "A" else "A") + signature["sig"][1:]
    stage.serve(forging.link(stage.genesis, entries))
    return {"entry": position}


def rewrite_tile(stage: Stage) -> Places:
    position = 100
    forging.flip(stage.folder / "tile" / "0" / "000", position * 32)
    return {"entry": position}


def rewrite_upper_tile(stage: Stage) -> Places:
    forging.flip(stage.folder / "tile" / "1" / "000.p" / "1")
    return {}


def rewrite_partial_tile(stage: Stage) -> Places:
    entries = stage.entries()
    forging.flip(stage.folder / "tile" / "0" / "001.p" / str(len(entries) - 256), 32)
    return {"entry": 257}


def rewrite_old_partial_tile(stage: Stage) -> Places:
    path = min((stage.folder / "tile" / "0" / "000.p").iterdir())
    forging.flip(path)
    return {"tile": path.relative_to(stage.folder).as_posix()}


def rewrite_old_bundle(stage: Stage) -> Places:
    path = min((stage.folder / "tile" / "entries" / "000.p").iterdir())
    forging.flip(path, 20)
    return {"tile": path.relative_to(stage.folder).as_posix()}


def lose_tile(stage: Stage) -> Places:
    (stage.folder / "tile" / "entries" / "000").unlink()
    return {}


def swap_document(stage: Stage) -> Places:
    release = RELEASES[5]
    stage.document(release).write_bytes(replace(release, suppliers=("ID-999",)).body)
    return {
        "entry": stage.position("attest 5"),
        "digest": release.digest,
        "path": f"documents/sha256/{release.digest[:2]}/{release.digest}",
    }


def lose_document(stage: Stage) -> Places:
    release = RELEASES[5]
    stage.document(release).unlink()
    return {"entry": stage.position("attest 5"), "digest": release.digest}


def claim_withheld(stage: Stage) -> Places:
    release = RELEASES[5]
    stage.document(release).unlink()
    row = {"entry": stage.position("withhold"), "legal_basis": "court order 7/2026", "sha256": release.digest}
    forging.change(stage.folder, "withheld.json", lambda rows: sorted([*rows, row], key=lambda each: str(each["sha256"])))
    return {"entry": stage.position("attest 5"), "digest": release.digest}


def hide_withholding(stage: Stage) -> Places:
    forging.change(stage.folder, "withheld.json", lambda rows: [])
    return {}


def swap_table(stage: Stage) -> Places:
    digest = next(reference["table"] for reference in forging.decode([stage.genesis])[0]["contracts"] if reference["name"] == "identity")
    path = stage.folder / "documents" / "sha256" / digest[:2] / digest
    path.write_bytes(path.read_bytes().replace(b'"possession":true', b'"possession":false'))
    return {"path": path.relative_to(stage.folder).as_posix()}


def forge_genesis(stage: Stage) -> Places:
    def add_key(genesis: Entry) -> Entry:
        keys = [*genesis["members"][0]["keys"], {"handle": "liar", "key": key_of("liar"), "roles": ["identity.registrar"]}]
        genesis["members"][0]["keys"] = sorted(keys, key=lambda key: str(key["key"]))
        return genesis

    forging.change(stage.folder, "genesis.json", add_key)
    return {}


def roll_back(stage: Stage) -> Places:
    stage.kept = stage.honest.checkpoints[2]
    (stage.folder / "checkpoint").write_bytes(stage.honest.checkpoints[1])
    return {}


def alter_checkpoint(stage: Stage) -> Places:
    entries = stage.entries()
    entries[-1]["events"][0]["number"] = 99
    stage.serve(entries)
    forged = stage.folder / "checkpoint"
    signature = forged.read_bytes().partition(b"\n\n")[2]
    forging.sign(stage.folder, forging.encode(entries))
    forged.write_bytes(forged.read_bytes().partition(b"\n\n")[0] + b"\n\n" + signature)
    return {}


def swap_log_key(stage: Stage) -> Places:
    entries = stage.entries()
    entries[-1]["events"][0]["number"] = 99
    stage.serve(entries)
    _sign_as_liar(stage, entries)
    return {"entry": len(entries) - 1}


def swap_log_key_alone(stage: Stage) -> Places:
    _sign_as_liar(stage, stage.entries())
    return {}


def _sign_as_liar(stage: Stage, entries: list[Entry]) -> None:
    signer = LogSigner("liar")
    forging.sign(stage.folder, forging.encode(entries), signer)
    name = (stage.folder / "checkpoint").read_text().split("\n")[0]
    vkey = format_vkey(build_log_key(name, signer.public_key))
    (stage.folder / "log.vkey").write_text(f"{vkey}\n")
    (stage.folder / "policy").write_text(f"log {vkey}\nquorum none\n")


def add_signature_line(stage: Stage) -> Places:
    checkpoint = stage.folder / "checkpoint"
    own = checkpoint.read_bytes()
    forging.sign(stage.folder, forging.encode(stage.entries()), LogSigner("liar"))
    checkpoint.write_bytes(own + checkpoint.read_bytes().partition(b"\n\n")[2])
    return {}


def add_file(stage: Stage) -> Places:
    (stage.folder / "tender-results.html").write_text("<p>The bench was won by …</p>")
    return {}


def add_document(stage: Stage) -> Places:
    release = Release(90)
    path = stage.document(release)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"not what its name says")
    return {"path": path.relative_to(stage.folder).as_posix()}


# -- lies of the holder of the log's key: what is shown is signed ---------------------------------------------------------


def fork(stage: Stage) -> Places:
    stage.retell(without(STORY, "attest 5"))
    return {}


def drop_signed(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 6")
    block = forging.block_of(entries, position)
    stage.sign(forging.link(stage.genesis, entries[:position] + entries[position + 1 :]))
    return {"entry": position, "block": block, "height": entries[block]["height"]}


def drop_refusal(stage: Stage) -> Places:
    stage.retell(without(STORY, "register a key again"))
    return {}


def reorder_signed(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 1")
    entries[position], entries[position + 1] = entries[position + 1], entries[position]
    stage.sign(forging.link(stage.genesis, entries))
    return {"entry": position}


def double_signed(stage: Stage) -> Places:
    entries = stage.entries()
    stage.sign(forging.link(stage.genesis, [*entries, entries[stage.position("attest 1")]]))
    return {"entry": len(entries)}


def insert_unknown_key(stage: Stage) -> Places:
    step = attest(RELEASES[15], "insert", signers=(("publisher-1/nobody", PUBLISHER[1]),), is_forced=True)
    return {"entry": stage.retell(beside(STORY, "attest 4", step)).positions["insert"]}


def insert_ended_key(stage: Stage) -> Places:
    step = register("agency-1/officer-9", ["procurement.officer"], SECOND_REGISTRAR, name="insert", is_forced=True)
    return {"entry": stage.retell(beside(STORY, "attest 7", step)).positions["insert"]}


def insert_role_not_held(stage: Stage) -> Places:
    step = attest(RELEASES[15], "insert", signers=(("publisher-1/officer", PUBLISHER[1]),), is_forced=True)
    return {"entry": stage.retell(beside(STORY, "attest 4", step)).positions["insert"]}


def insert_key_of_this_block(stage: Stage) -> Places:
    step = attest(RELEASES[15], "insert", signers=(("publisher-1/publisher-2", PUBLISHER[1]),), is_forced=True)
    return {"entry": stage.retell(beside(STORY, "register publisher-1/publisher-2", step)).positions["insert"]}


def bind_without_possession(stage: Stage) -> Places:
    step = register("agency-1/officer-9", ["procurement.officer"], name="insert", signers=(AGENCY_REGISTRAR,), is_forced=True)
    return {"entry": stage.retell(beside(STORY, "attest 4", step)).positions["insert"]}


def bind_that_never_happened(stage: Stage) -> Places:
    story = beside(without(STORY, "register publisher-1/publisher-2"), "attest 7", attest(
        RELEASES[15], "insert", signers=(("publisher-1/publisher-2", PUBLISHER[1]),), is_forced=True))  # fmt: skip
    return {"entry": stage.retell(story).positions["insert"]}


def bind_for_another_organisation(stage: Stage) -> Places:
    step = register("citizens-1/officer-9", ["governance.officer"], name="insert")
    return {
        "entry": stage.retell(
            beside(STORY, "attest 7", step), relax(step.action, lambda arguments: arguments.handle == "officer-9")
        ).positions["insert"]
    }


def forge_signature_signed(stage: Stage) -> Places:
    step = attest(RELEASES[15], "insert", is_forced=True, is_spoilt=True)
    return {"entry": stage.retell(beside(STORY, "attest 4", step)).positions["insert"]}


def accept_expired(stage: Stage) -> Places:
    step = attest(RELEASES[15], "insert", changes={"expires": 1_767_225_600}, is_forced=True)
    return {"entry": stage.retell(beside(STORY, "attest 4", step)).positions["insert"]}


def alter_arguments(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 4")
    envelope = entries[position]["envelope"]
    payload = b64decode(envelope["payload"]).replace(b'"buyer":"ID-101"', b'"buyer":"ID-999"')
    envelope["payload"] = b64encode(payload).decode()
    entries[position]["id"] = sha256(payload).hex()
    stage.sign(forging.link(stage.genesis, entries))
    return {"entry": position}


def forge_state_root(stage: Stage) -> Places:
    entries = stage.entries()
    block = forging.block_of(entries, stage.position("attest 13"))
    entries[block]["state_root"] = sha256(b"a state of the liar's own").hex()
    stage.sign(forging.link(stage.genesis, entries))
    return {"block": block, "height": entries[block]["height"]}


def forge_state_root_unlinked(stage: Stage) -> Places:
    entries = stage.entries()
    block = forging.block_of(entries, stage.position("attest 7"))
    entries[block]["state_root"] = sha256(b"a state of the liar's own").hex()
    stage.sign(entries)
    return {"block": block, "height": entries[block]["height"], "next": forging.next_block(entries, block)}


def move_state_by_refusal(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest under a foreign prefix again")
    block = forging.block_of(entries, position)
    entries[block]["state_root"] = sha256(b"a state of the liar's own").hex()
    stage.sign(forging.link(stage.genesis, entries))
    return {"entry": position, "block": block, "height": entries[block]["height"]}


def accept_what_rules_forbid(stage: Stage) -> Places:
    release = Release(51, prefix="ocds-zzz999-")
    story = instead(STORY, "attest under a foreign prefix again", attest(release, "award"))
    return {
        "entry": stage.retell(
            story, relax(ATTEST, lambda arguments: arguments.release_id == release.arguments()["release_id"]), (release.body,)
        ).positions["award"]
    }


def refuse_what_rules_allow(stage: Stage) -> Places:
    stage.disputed = stage.honest.envelopes["attest 13"]
    entries = stage.entries()
    position = stage.position("attest 13")
    refusal = {"action": ATTEST, "actor": "publisher-1", "number": "procurement.45.1"}
    without_it = stage.retell(without(STORY, "attest 13")).entries
    refused = entries[position] | {"envelope": None, "events": [], "refusal": refusal}
    stage.sign(forging.link(stage.genesis, [*forging.decode(without_it), refused]))
    return {"entry": position}


def forge_refusal_number(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest under a foreign prefix again")
    entries[position]["refusal"]["number"] = "procurement.08.1"
    stage.sign(forging.link(stage.genesis, entries))
    return {"entry": position}


def refuse_nobody(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest under a foreign prefix")
    entries[position]["refusal"]["actor"] = "nobody"
    stage.sign(forging.link(stage.genesis, entries))
    return {"entry": position}


def forge_event(stage: Stage) -> Places:
    entries = stage.entries()
    position = stage.position("attest 8")
    entries[position]["events"][0]["number"] = 9
    stage.sign(forging.link(stage.genesis, entries))
    return {"entry": position}


def turn_clock_back(stage: Stage) -> Places:
    entries = stage.entries()
    block = forging.block_of(entries, stage.position("attest 7"))
    entries[block]["time"] -= 7_200
    stage.sign(forging.link(stage.genesis, entries))
    return {"block": block, "height": entries[block]["height"]}


def cut_block(stage: Stage) -> Places:
    entries = stage.entries()
    stage.sign(entries[:-1])
    return {"end": len(entries) - 1}


def withhold_without_auditor(stage: Stage) -> Places:
    action = "governance.withhold_document"
    signers = (("publisher-1/officer", "governance.officer"), ("publisher-1/publisher", "governance.auditor"))
    step = Step("insert", action, {"legal_basis": "none", "sha256": RELEASES[5].digest}, signers, is_forced=True)
    return {
        "entry": stage.retell(beside(STORY, "attest 7", step), relax(action, lambda arguments: arguments.legal_basis == "none")).positions[
            "insert"
        ]
    }


# -- lies of a publisher: the ledger recorded them by its rules, which cannot read documents -------------------------------


def attest_other_supplier(stage: Stage) -> Places:
    release = Release(16, suppliers=("ID-201", "ID-202"))
    story = beside(STORY, "attest 13", attest(release, "lie", arguments=release.arguments(suppliers=["ID-201"])))
    return {"entry": stage.retell(story, documents=(release.body,)).positions["lie"], "digest": release.digest}


def attest_other_buyer(stage: Stage) -> Places:
    release = Release(16)
    story = beside(STORY, "attest 13", attest(release, "lie", arguments=release.arguments(buyer="ID-101")))
    return {"entry": stage.retell(story, documents=(release.body,)).positions["lie"], "digest": release.digest}


def attest_other_process(stage: Stage) -> Places:
    release = Release(16)
    story = beside(STORY, "attest 13", attest(release, "lie", arguments=release.arguments(ocid="ocds-abc123-99")))
    return {"entry": stage.retell(story, documents=(release.body,)).positions["lie"], "digest": release.digest}


LIES = (
    Lie(
        "altered entry", ANYONE, "A byte of an event is changed in the bundle of entries.",
        alter_entry, {VERIFIER: "entry {entry} (tile/entries/000)", AUDIT: "entry {entry} (tile/entries/000)"},
    ),
    Lie(
        "altered entry, its tiles too", ANYONE, "The same, and every tile is computed anew.",
        alter_entry_and_tiles, {VERIFIER: "entry {block}: its previous_app_hash", AUDIT: "entry {entry}, events"},
    ),
    Lie(
        "altered entry, its tiles and links too", ANYONE, "The same, and every app hash after it as well.",
        alter_entry_and_links, {VERIFIER: "checkpoint", AUDIT: "entry {entry}, events"},
    ),
    Lie(
        "altered last entry", ANYONE, "The newest entry is changed, whose hash no block names yet.",
        alter_last_entry, {VERIFIER: "checkpoint", AUDIT: "entry {entry}, events"},
    ),
    Lie(
        "dropped entry", ANYONE, "A transaction is taken out; what follows moves up.",
        drop_entry, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "dropped last entry", ANYONE, "The newest transaction is taken out and its block linked anew.",
        drop_last_entry, {VERIFIER: "{bundle}", AUDIT: "{bundle}"},
    ),
    Lie(
        "reordered entries", ANYONE, "Two transactions of a block change places.",
        reorder_entries, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "doubled entry", ANYONE, "A transaction stands twice, one after the other.",
        double_entry, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "inserted entry", ANYONE, "A refusal that nobody caused is put in; all after it is linked anew.",
        insert_refusal, {VERIFIER: "checkpoint", AUDIT: "checkpoint"},
    ),
    Lie(
        "forged signature", ANYONE, "A signature of a transaction is another; all after it is linked anew.",
        forge_signature, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "rewritten tile", ANYONE, "A hash in a full tile of leaves is changed.",
        rewrite_tile, {VERIFIER: "entry {entry} (tile/entries/000)", AUDIT: "entry {entry} (tile/entries/000)"},
    ),
    Lie(
        "rewritten upper tile", ANYONE, "A hash in a tile of level 1 is changed.",
        rewrite_upper_tile, {VERIFIER: "tile/1/000.p/1", AUDIT: "tile/1/000.p/1"},
    ),
    Lie(
        "rewritten partial tile", ANYONE, "A hash in the partial tile of the newest leaves is changed.",
        rewrite_partial_tile, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "rewritten old partial tile", ANYONE, "A hash is changed in the partial tile of an earlier checkpoint.",
        rewrite_old_partial_tile, {VERIFIER: "{tile}"},
    ),
    Lie(
        "rewritten old partial bundle", ANYONE, "An entry is changed in the partial bundle of an earlier checkpoint.",
        rewrite_old_bundle, {VERIFIER: "{tile}"},
    ),
    Lie(
        "missing bundle", ANYONE, "A bundle of entries is removed.",
        lose_tile, {VERIFIER: "tile/entries/000", AUDIT: "tile/entries/000"},
    ),
    Lie(
        "swapped document", ANYONE, "A release's document names another supplier.",
        swap_document, {VERIFIER: "{path}", AUDIT: "entry {entry}, document {digest}"},
    ),
    Lie(
        "missing document", ANYONE, "A release's document is removed.",
        lose_document, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}, document {digest}"},
    ),
    Lie(
        "document said to be withheld", ANYONE, "A release's document is removed and listed in withheld.json.",
        claim_withheld, {VERIFIER: "withheld.json", AUDIT: "entry {entry}, document {digest}"},
    ),
    Lie(
        "hidden withholding", ANYONE, "withheld.json no longer names the document that an entry withholds.",
        hide_withholding, {VERIFIER: "withheld.json"},
    ),
    Lie(
        "forged standing by a table", ANYONE, "A contract's published table asks new keys for no signature of their own.",
        swap_table, {VERIFIER: "{path}"},
    ),
    Lie(
        "forged standing by genesis", ANYONE, "genesis.json names a key of the liar's as a founder's.",
        forge_genesis, {VERIFIER: "genesis.json", AUDIT: "entry 0, block 1, previous_app_hash"},
    ),
    Lie(
        "checkpoint rolled back", ANYONE, "An earlier checkpoint of the log stands in the place of the newest.",
        roll_back, {KEPT: "{kept}"},
    ),
    Lie(
        "altered checkpoint", ANYONE, "The root is that of an altered log, the signature an old one.",
        alter_checkpoint, {VERIFIER: "checkpoint", AUDIT: "checkpoint"},
    ),
    Lie(
        "another log key", ANYONE, "An altered log is signed with a key of the liar's, which log.vkey and policy name.",
        swap_log_key, {VERIFIER: "log.vkey", AUDIT: "entry {entry}, events"},
    ),
    Lie(
        "another log key over the same log", ANYONE, "The log as it is, signed with a key of the liar's, which log.vkey and policy name.",
        swap_log_key_alone, {VERIFIER: "log.vkey", AUDIT: "checkpoint"},
    ),
    Lie(
        "foreign signature line", ANYONE, "The checkpoint bears one more signature, by nobody known.",
        add_signature_line, {VERIFIER: "checkpoint"},
    ),
    Lie(
        "foreign file", ANYONE, "A page lies in the folder that is no part of the log.",
        add_file, {VERIFIER: "tender-results.html"},
    ),
    Lie(
        "foreign document", ANYONE, "A file lies among the documents under a name that is not its hash.",
        add_document, {VERIFIER: "{path}"},
    ),
    Lie(
        "fork shown to two readers", LOG_KEY, "The history is run anew without one transaction, and signed for some readers.",
        fork, {KEPT: "{kept}"},
    ),
    Lie(
        "dropped refusal", LOG_KEY, "The history is run anew without a refusal, which changed no state.",
        drop_refusal, {KEPT: "{kept}"},
    ),
    Lie(
        "dropped entry, signed", LOG_KEY, "A transaction is taken out, all after it linked anew and signed; state roots stay.",
        drop_signed, {KEPT: "{kept}", AUDIT: "entry {block}, block {height}, state_root"},
    ),
    Lie(
        "reordered entries, signed", LOG_KEY, "Two transactions change places; the log is linked anew and signed.",
        reorder_signed, {KEPT: "{kept}", AUDIT: "entry {entry}, events"},
    ),
    Lie(
        "doubled entry, signed", LOG_KEY, "A transaction is recorded a second time.",
        double_signed, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "altered arguments, signed", LOG_KEY, "Another buyer stands in an envelope; id, links and checkpoint follow.",
        alter_arguments, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "forged signature, signed", LOG_KEY, "The node takes in a transaction whose signature does not verify.",
        forge_signature_signed, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "unauthorised key: bound to nobody", LOG_KEY, "The node takes in a transaction signed by an unknown key.",
        insert_unknown_key, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "unauthorised key: ended", LOG_KEY, "The node takes in a transaction signed by a key that had ended.",
        insert_ended_key, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "unauthorised key: another role", LOG_KEY, "The node takes in a transaction in a role that its key does not hold.",
        insert_role_not_held, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "unauthorised key: too early", LOG_KEY, "A key acts in the very block that binds it.",
        insert_key_of_this_block, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "forged standing: bound without having signed", LOG_KEY, "A key is bound that did not sign itself.",
        bind_without_possession, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "forged standing: a bind that never happened", LOG_KEY, "A key acts as if an entry had bound it.",
        bind_that_never_happened, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "forged standing: bound by a stranger", LOG_KEY, "A registrar binds a key for an organisation that is not its own.",
        bind_for_another_organisation, {AUDIT: "entry {entry}, refusal"},
    ),
    Lie(
        "withheld without an auditor", LOG_KEY, "An organisation withholds its document alone.",
        withhold_without_auditor, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "expired transaction", LOG_KEY, "The node takes in a transaction after it had expired.",
        accept_expired, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}"},
    ),
    Lie(
        "clock turned back", LOG_KEY, "A block bears an earlier time than the block before it.",
        turn_clock_back, {VERIFIER: "entry {block}", AUDIT: "entry {block}, block {height}, time"},
    ),
    Lie(
        "forged state root", LOG_KEY, "The newest block names a state root of the liar's own.",
        forge_state_root, {AUDIT: "entry {block}, block {height}, state_root"},
    ),
    Lie(
        "forged state root, not linked", LOG_KEY, "An earlier block does, and the next one still names the true app hash.",
        forge_state_root_unlinked,
        {VERIFIER: "entry {next}: its previous_app_hash", AUDIT: "entry {block}, block {height}, state_root"},
    ),
    Lie(
        "state moved by a refusal", LOG_KEY, "A block that refused everything names another state root.",
        move_state_by_refusal, {VERIFIER: "entry {entry}", AUDIT: "entry {block}, block {height}, state_root"},
    ),
    Lie(
        "accepted against the rules", LOG_KEY, "A release under a foreign ocid prefix is accepted; all else follows honestly.",
        accept_what_rules_forbid, {AUDIT: "entry {entry}, refusal"},
    ),
    Lie(
        "refused against the rules", LOG_KEY, "A rightful release is recorded as refused.",
        refuse_what_rules_allow, {DISPUTE: "entry {entry}"},
    ),
    Lie(
        "refused for another contract's reason", LOG_KEY, "A refusal bears a number that its action cannot have.",
        forge_refusal_number, {AUDIT: "entry {entry}, refusal"},
    ),
    Lie(
        "refused to nobody", LOG_KEY, "A refusal names an actor that does not exist.",
        refuse_nobody, {VERIFIER: "entry {entry}", AUDIT: "entry {entry}, refusal"},
    ),
    Lie(
        "forged event", LOG_KEY, "An accepted release bears another number than its place in the list.",
        forge_event, {AUDIT: "entry {entry}, events"},
    ),
    Lie(
        "cut block", LOG_KEY, "A checkpoint is signed in the middle of a block.",
        cut_block, {VERIFIER: "checkpoint", AUDIT: "entry {end}"},
    ),
    Lie(
        "wrong supplier", PUBLISHING, "An attestation leaves out a supplier that its document names.",
        attest_other_supplier, {AUDIT: "entry {entry}, document {digest}, suppliers"},
    ),
    Lie(
        "wrong buyer", PUBLISHING, "An attestation names another buyer than its document.",
        attest_other_buyer, {AUDIT: "entry {entry}, document {digest}, buyer"},
    ),
    Lie(
        "wrong process", PUBLISHING, "An attestation names another ocid than its document.",
        attest_other_process, {AUDIT: "entry {entry}, document {digest}, ocid"},
    ),
)  # fmt: skip
