"""Whose key may do what at which block: each effect of the closed list, told by made-up contracts whose tables alone the verifier reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.verify.ledger import (
    BIND,
    LOG,
    PUBLISHER,
    REGISTRAR,
    START,
    Json,
    Ledger,
    action,
    canonical,
    key_of,
    sha256,
    table,
)
from tests.verify.running import check, find_wrong, run

ANY = "identity.holder"
HEAD = ("agency-1", REGISTRAR, "identity.registrar")
CLERK, SECOND, THIRD = 11, 12, 13


def effect(kind: str, /, **paths: object) -> Json:
    return {"effect": kind, **paths}


def play(*effects: Json, **actions: Json) -> Ledger:
    """A ledger with a contract whose actions have these effects: ``play.act`` for those given bare, signed by a registrar."""
    act = action(["identity.registrar", "identity.new_key"], effects, 1, 4)
    work = action(["play.clerk"])
    hold = action([ANY])
    govern = action(["governance.desk"])
    return Ledger(tables=(table("play", 1, act=act, govern=govern, hold=hold, work=work, **actions),))


def act(ledger: Ledger, arguments: Json, *new_keys: int, events: Sequence[Json] = (), name: str = "play.act") -> Json:
    """An accepted action of the registrar, with these new keys signing too."""
    signers = [(REGISTRAR, "identity.registrar"), *((seed, "identity.new_key") for seed in new_keys)]
    return ledger.accept(ledger.send(name, arguments, *signers), events)


def work(ledger: Ledger, seed: int = CLERK, actor: str = "agency-1", role: str = "play.clerk", name: str = "play.work") -> Json:
    return ledger.accept(ledger.send(name, {}, (seed, role), actor=actor))


def hold(ledger: Ledger, seed: int = CLERK, actor: str = "agency-1") -> Json:
    return work(ledger, seed, actor, ANY, "play.hold")


def bind_clerk(ledger: Ledger) -> None:
    """Bind the clerk's key in a block of its own, by the first effect, which must be BIND."""
    arguments = {"key": key_of(CLERK), "organisation": "agency-1", "roles": ["play.clerk"]}
    ledger.block(act(ledger, arguments, CLERK))


def judge(ledger: Ledger, scratch: Path) -> str:
    """What is wrong; empty where all is in order."""
    code, report = run(ledger.publish(scratch / f"log-{len(ledger.entries)}"))
    assert code == (1 if report["problem"] else 0), report
    return str(report["problem"])


def test_a_bound_key_counts_from_the_next_block(tmp_path: Path) -> None:
    ledger = play(BIND)
    arguments = {"key": key_of(CLERK), "organisation": "agency-1", "roles": ["play.clerk"]}
    ledger.block(act(ledger, arguments, CLERK))
    ledger.block(work(ledger), hold(ledger))
    assert judge(ledger, tmp_path) == ""
    early = play(BIND)
    early.block(act(early, arguments, CLERK), work(early))
    assert judge(early, tmp_path).endswith("but is not bound, or no longer, or only from the next block on")
    early = play(BIND)
    early.block(act(early, arguments, CLERK), hold(early))
    assert "from the next block on" in judge(early, tmp_path)


def test_seats_that_any_key_may_claim_are_counted(tmp_path: Path) -> None:
    ledger = play(BIND)
    bind_clerk(ledger)
    ledger.block(hold(ledger), hold(ledger, REGISTRAR))
    report = check(ledger.publish(tmp_path / "log"))
    assert report["left_to_audit"]["seats not checked"] == 2


def test_a_key_is_bound_once(tmp_path: Path) -> None:
    ledger = play(BIND)
    bind_clerk(ledger)
    bind_clerk(ledger)
    assert "a second time" in judge(ledger, tmp_path)


def test_possession_is_shown_where_the_table_asks_for_it(tmp_path: Path) -> None:
    arguments = {"key": key_of(CLERK), "organisation": "agency-1", "roles": ["play.clerk"]}
    ledger = play(BIND)
    ledger.block(act(ledger, arguments))
    assert "the keys that sign as new keys" in judge(ledger, tmp_path)
    ledger = play(BIND)
    ledger.block(act(ledger, arguments, CLERK, SECOND))
    assert "the keys that sign as new keys" in judge(ledger, tmp_path)
    ledger = play(BIND | {"possession": False})
    ledger.block(act(ledger, arguments))
    assert judge(ledger, tmp_path) == ""
    ledger.block(act(ledger, arguments | {"key": key_of(SECOND)}, SECOND))
    assert "the keys that sign as new keys" in judge(ledger, tmp_path)


def test_an_ended_key_counts_no_longer_at_once(tmp_path: Path) -> None:
    for with_block in (False, True):
        ledger = play(BIND, end=action(["identity.registrar"], [effect("end_key", key="key")]))
        bind_clerk(ledger)
        end = act(ledger, {"key": key_of(CLERK)}, name="play.end")
        if with_block:
            ledger.block(work(ledger), end)
            assert judge(ledger, tmp_path) == ""
            ledger.block(work(ledger))
        else:
            ledger.block(end, work(ledger))
        assert "is not bound, or no longer" in judge(ledger, tmp_path)


def test_an_office_is_granted_and_ended(tmp_path: Path) -> None:
    names = {"key": "key", "role": "office"}
    grant, end = (action(["identity.registrar"], [effect(name, **names)]) for name in ("grant", "end"))
    arguments = {"key": key_of(PUBLISHER), "office": "play.clerk"}
    ledger = play(grant=grant, end=end)
    ledger.block(act(ledger, arguments, name="play.grant"))
    ledger.block(work(ledger, PUBLISHER, "publisher-1"), act(ledger, arguments, name="play.end"))
    assert judge(ledger, tmp_path) == ""
    ledger.block(work(ledger, PUBLISHER, "publisher-1"))
    assert "does not hold that role at this block" in judge(ledger, tmp_path)
    early = play(grant=grant, end=end)
    early.block(act(early, arguments, name="play.grant"), work(early, PUBLISHER, "publisher-1"))
    assert "does not hold that role at this block" in judge(early, tmp_path)
    # What is ended and granted again in one block counts from the next.
    again = play(grant=grant, end=end)
    again.block(act(again, arguments, name="play.grant"))
    again.block(act(again, arguments, name="play.end"), act(again, arguments, name="play.grant"), work(again, PUBLISHER, "publisher-1"))
    assert "does not hold that role at this block" in judge(again, tmp_path)
    # A second grant of an office that is held takes nothing away.
    twice = play(grant=grant, end=end)
    twice.block(act(twice, arguments, name="play.grant"))
    twice.block(act(twice, arguments, name="play.grant"), work(twice, PUBLISHER, "publisher-1"))
    assert judge(twice, tmp_path) == ""


@pytest.mark.parametrize("target", ["key", "organisation"])
def test_suspension_acts_at_once_and_its_end_from_the_next_block(target: str, tmp_path: Path) -> None:
    actions = {
        name: action(["identity.registrar"], [effect(name, key="key", organisation="organisation")]) for name in ("suspend", "reinstate")
    }
    value = {"key": key_of(PUBLISHER), "organisation": "publisher-1"}[target]

    def suspended() -> Ledger:
        ledger = play(**actions)
        ledger.block(hold(ledger, PUBLISHER, "publisher-1"), act(ledger, {target: value}, name="play.suspend"))
        return ledger

    ledger = suspended()
    assert judge(ledger, tmp_path) == ""
    ledger.block(hold(ledger, PUBLISHER, "publisher-1"))
    assert "suspended" in judge(ledger, tmp_path)
    ledger = suspended()
    ledger.block(act(ledger, {target: value}, name="play.reinstate"), hold(ledger, PUBLISHER, "publisher-1"))
    assert "suspended" in judge(ledger, tmp_path)
    ledger = suspended()
    ledger.block(act(ledger, {target: value}, name="play.reinstate"))
    ledger.block(hold(ledger, PUBLISHER, "publisher-1"))
    assert judge(ledger, tmp_path) == ""
    nobody = play(**actions)
    nobody.block(act(nobody, {}, name="play.suspend"))
    assert "suspend: its paths lead to nobody" in judge(nobody, tmp_path)


def test_an_organisation_is_admitted_with_its_keys(tmp_path: Path) -> None:
    admit = effect("admit", organisation="organisation", keys="keys", possession=True, **{"class": ""})
    keys = [{"handle": f"clerk-{seed}", "key": key_of(seed), "roles": ["governance.desk", "play.clerk"]} for seed in (CLERK, SECOND)]
    keys.sort(key=lambda item: str(item["key"]))
    ledger = play(admit)
    ledger.block(act(ledger, {"organisation": "agency-2", "keys": keys}, CLERK, SECOND))
    ledger.block(work(ledger, CLERK, "agency-2"), hold(ledger, SECOND, "agency-2"))
    assert judge(ledger, tmp_path) == ""
    further = [{"handle": "clerk-13", "key": key_of(THIRD), "roles": []}]
    ledger.block(act(ledger, {"organisation": "agency-2", "keys": further}, THIRD))
    ledger.block(hold(ledger, THIRD, "agency-2"))
    assert judge(ledger, tmp_path) == ""
    ledger.block(hold(ledger, THIRD, "agency-1"))
    assert "the first signer is not of the actor, agency-1" in judge(ledger, tmp_path)
    one = play(admit)
    one.block(act(one, {"organisation": "agency-2", "keys": keys}, CLERK))
    assert "the keys that sign as new keys" in judge(one, tmp_path)


def test_a_member_removed_keeps_its_keys_but_not_its_offices_of_governance(tmp_path: Path) -> None:
    remove = action(["identity.registrar"], [effect("remove", organisation="organisation")])
    officer = action(["governance.officer"])
    ledger = play(BIND, remove=remove, officer=officer)
    roles = ["governance.desk", "governance.officer", "play.clerk"]
    ledger.block(act(ledger, {"key": key_of(CLERK), "organisation": "agency-1", "roles": roles}, CLERK))
    govern = ("governance.desk", "play.govern")
    ledger.block(work(ledger), work(ledger, CLERK, "agency-1", *govern), act(ledger, {"organisation": "agency-1"}, name="play.remove"))
    ledger.block(work(ledger), work(ledger, CLERK, "agency-1", "governance.officer", "play.officer"))
    assert judge(ledger, tmp_path) == ""
    ledger.block(work(ledger, CLERK, "agency-1", *govern))
    assert "does not hold that role" in judge(ledger, tmp_path)


def test_parameters_have_their_dates(tmp_path: Path) -> None:
    setting = effect("set_parameter", name="name", value="value", effective_from="from.time")

    def change(value: object, seconds: int) -> Ledger:
        ledger = play(setting)
        arguments = {"name": "max_expiry_seconds", "value": value, "from": {"time": START + seconds}}
        ledger.block(act(ledger, arguments))
        return ledger

    def send_long(ledger: Ledger) -> Json:
        return ledger.accept(ledger.send("play.hold", {}, (REGISTRAR, ANY), expires=ledger.time + 60 + 90_000))

    ledger = change(100_000, 120)
    ledger.block(send_long(ledger))
    assert judge(ledger, tmp_path) == ""
    ledger = change(100_000, 121)
    ledger.block(send_long(ledger))
    assert "expires too late" in judge(ledger, tmp_path)
    ledger = change(60, 200)
    ledger.block(hold(ledger, REGISTRAR))
    ledger.block(hold(ledger, REGISTRAR), seconds=100)
    ledger.block(hold(ledger, REGISTRAR))
    assert judge(ledger, tmp_path).startswith("entry 7: was accepted after it had expired, or expires too late")
    assert "to a value of another type" in judge(change("60", 200), tmp_path)


def test_the_logs_key_is_replaced(tmp_path: Path) -> None:
    rotate = action(["identity.registrar"], [effect("log_key", key="key", height="height")])
    ledger = play(rotate=rotate)
    ledger.block(act(ledger, {"key": key_of(21), "height": 3}, name="play.rotate"))
    ledger.block(hold(ledger, REGISTRAR))
    first = ledger.publish(tmp_path / "first") / "checkpoint"
    ledger.block(hold(ledger, REGISTRAR))
    second = ledger.publish(tmp_path / "second", seeds=(21,))
    check(tmp_path / "first")
    check(second, "--previous", first)
    check(ledger.publish(tmp_path / "both", seeds=(21, LOG)), "--previous", first, "--previous", second / "checkpoint")
    late = find_wrong(ledger.publish(tmp_path / "late", seeds=(LOG,)))
    assert late.startswith("log.vkey: is not the key that genesis and entries name")
    assert "bears a signature line" in find_wrong(ledger.publish(tmp_path / "foreign", seeds=(21, 22)))
    early = play(rotate=rotate)
    early.block(act(early, {"key": key_of(21), "height": 3}, name="play.rotate"))
    assert find_wrong(early.publish(tmp_path / "early", seeds=(21,))).startswith("log.vkey")


def test_a_new_version_acts_from_its_height(tmp_path: Path) -> None:
    names = {name: name for name in ("contract", "version", "table", "height")}
    activate = action(["identity.registrar"], [effect("activate", **names)])
    newer = table("play", 2, rest=action([ANY]))
    arguments = {"contract": "play", "version": 2, "table": sha256(canonical(newer)).hex(), "height": 3}

    def start() -> Ledger:
        ledger = play(activate=activate)
        ledger.documents.append(canonical(newer))
        ledger.block(act(ledger, arguments, name="play.activate"))
        ledger.block(hold(ledger, REGISTRAR))
        return ledger

    ledger = start()
    ledger.block(work(ledger, REGISTRAR, "agency-1", ANY, "play.rest"))
    assert judge(ledger, tmp_path) == ""
    assert check(tmp_path / "log-6")["checked"]["documents"] == 2
    ledger = start()
    ledger.block(hold(ledger, REGISTRAR))
    assert "stands in no table in force" in judge(ledger, tmp_path)
    ledger = start()
    ledger.documents.pop()
    assert find_wrong(ledger.publish(tmp_path / "missing")).endswith(": is missing")
    ledger = play(activate=activate)
    ledger.documents.append(canonical(newer))
    ledger.block(act(ledger, arguments | {"version": 3}, name="play.activate"))
    assert "is the table of version 2, not 3" in judge(ledger, tmp_path)


def test_effects_come_from_events_of_transactions_and_of_deadlines(tmp_path: Path) -> None:
    gives = effect("grant", key="to.key", role="role") | {"from": "event play.office_given"}
    ends = effect("end_key", key="key") | {"from": "event play.key_expired"}
    ledger = play(BIND, give=action(["identity.registrar"], [gives]), other=action(["identity.registrar"], [gives, ends]))
    bind_clerk(ledger)
    given = {"event": "play.office_given", "role": "governance.desk", "to": {"key": key_of(CLERK)}}
    ledger.block(act(ledger, {}, events=[{"event": "play.noise"}, given], name="play.give"))
    ledger.block(work(ledger, CLERK, "agency-1", "governance.desk", "play.govern"))
    ledger.block(events=[{"event": "play.key_expired", "key": key_of(CLERK)}, given | {"role": "x.y"}])
    assert check(ledger.publish(tmp_path / "log"))["left_to_audit"]["effects taken from events"] == 3
    ledger.block(hold(ledger))
    assert "is not bound, or no longer" in judge(ledger, tmp_path)
    # What an action's table does not take from an event has no effect there.
    ledger = play(BIND, give=action(["identity.registrar"], [gives]))
    bind_clerk(ledger)
    ledger.block(ledger.accept(ledger.send("play.hold", {}, (REGISTRAR, ANY)), [given]))
    ledger.block(work(ledger, CLERK, "agency-1", "governance.desk", "play.govern"))
    assert "does not hold that role" in judge(ledger, tmp_path)


def test_paths_go_through_lists_together(tmp_path: Path) -> None:
    bind = effect("bind_key", key="staff.key", organisation="staff.home.id", roles="staff.roles", possession=True)
    end = action(["identity.registrar"], [effect("end_key", key="gone")])
    homes = {CLERK: "agency-1", SECOND: "publisher-1"}
    staff = [{"key": key_of(seed), "home": {"id": home}, "roles": ["play.clerk"]} for seed, home in homes.items()]
    ledger = play(bind, end=end)
    ledger.block(act(ledger, {"staff": []}))
    ledger.block(act(ledger, {"staff": staff}, CLERK, SECOND))
    ledger.block(work(ledger), work(ledger, SECOND, "publisher-1"))
    assert judge(ledger, tmp_path) == ""
    ledger.block(act(ledger, {"gone": [key_of(CLERK), key_of(SECOND)]}, name="play.end"))
    ledger.block(hold(ledger, SECOND, "publisher-1"))
    assert "is not bound, or no longer" in judge(ledger, tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"key": 1},
        {"key": "00", "organisation": "agency-1", "roles": []},
        {"key": key_of(CLERK), "organisation": ["agency-1", "agency-2", "agency-3"], "roles": []},
        {"key": [key_of(CLERK), key_of(SECOND)], "organisation": ["agency-1"] * 3, "roles": []},
        {"key": key_of(CLERK), "organisation": "agency-1", "roles": "play.clerk"},
        {"key": key_of(CLERK), "organisation": "agency-1", "roles": [1]},
    ],
)
def test_arguments_that_do_not_fit_the_table_are_wrong(arguments: Json, tmp_path: Path) -> None:
    ledger = play(BIND)
    ledger.block(act(ledger, arguments, CLERK))
    assert judge(ledger, tmp_path).startswith("entry 1")


UNKNOWN = [
    {"effect": "bless", "key": "key"},
    {"effect": "end_key"},
    {"effect": "end_key", "key": "key", "reason": "reason"},
    {"effect": "bind_key", "key": "key", "organisation": "organisation", "roles": "roles", "possession": "yes"},
    {"effect": "end_key", "key": 1},
    {"effect": "end_key", "key": "key", "from": True},
    {"effect": ["end_key"], "key": "key"},
    {"key": "key"},
    {},
    {"effect": "suspend"},
]


@pytest.mark.parametrize("unknown", UNKNOWN, ids=str)
def test_an_unknown_effect_allows_no_verdict(unknown: Json, tmp_path: Path) -> None:
    code, report = run(play(unknown).publish(tmp_path / "log", [0]))
    assert (code, report["verdict"], report["meaning"]) == (2, "no verdict", "")
    assert "has an effect that this verifier does not know" in report["problem"]


# -- documents -------------------------------------------------------------------------------------------------------------------


def record(ledger: Ledger, *documents: bytes) -> Json:
    """An action that names documents, somewhere."""
    named = [{"media_type": "text/plain", "sha256": sha256(one).hex(), "size": len(one)} for one in documents]
    return ledger.accept(ledger.send("play.hold", {"deep": [{"inside": named}]}, (REGISTRAR, ANY)))


def path_of(document: bytes) -> str:
    digest = sha256(document).hex()
    return f"documents/sha256/{digest[:2]}/{digest}"


def withholding() -> Ledger:
    return play(withhold=action(["identity.registrar"], [effect("withhold", sha256="sha256")]))


def test_documents_are_compared_missed_and_withheld(tmp_path: Path) -> None:
    kept, lost, hidden = b"kept", b"lost" * 100_000, b"hidden"
    ledger = withholding()
    ledger.block(record(ledger, kept, lost), record(ledger, hidden, kept))
    ledger.documents += [kept, lost, hidden]
    report = check(ledger.publish(tmp_path / "whole"))
    assert report["checked"]["documents"] == 4
    ledger.documents.remove(lost)
    code, report = run(ledger.publish(tmp_path / "missing"))
    assert (code, report["verdict"], report["problem"]) == (1, "documents are missing", "")
    assert report["missing"] == [f"entry 1 of agency-1: {path_of(lost)}"]
    assert "The log is whole" in report["meaning"]
    ledger.documents.append(lost)
    ledger.documents.remove(hidden)
    position = ledger.block(act(ledger, {"sha256": sha256(hidden).hex(), "legal_basis": "court order 7"}, name="play.withhold")) + 1
    ledger.withheld = [{"entry": position, "legal_basis": "court order 7", "sha256": sha256(hidden).hex()}]
    report = check(ledger.publish(tmp_path / "withheld"))
    assert report["withheld"] == [f"entry 2 of agency-1: {path_of(hidden)}"]
    ledger.documents.append(hidden)
    assert "withheld, yet it is here" in check(ledger.publish(tmp_path / "left over"))["warnings"][0]


def test_a_document_of_another_size_or_content_is_wrong(tmp_path: Path) -> None:
    document = b"as recorded"
    ledger = withholding()
    ledger.block(record(ledger, document))
    folder = ledger.publish(tmp_path / "log")
    for content in (b"as Recorded", b"as", b"as recorded, and more", b""):
        (folder / path_of(document)).parent.mkdir(parents=True, exist_ok=True)
        (folder / path_of(document)).write_bytes(content)
        assert find_wrong(folder).startswith(f"{path_of(document)}: is ")
    size = {"media_type": "text/plain", "sha256": sha256(document).hex(), "size": 12}
    ledger.block(ledger.accept(ledger.send("play.hold", size, (REGISTRAR, ANY))))
    ledger.documents.append(document)
    assert "is not the document that entry 3 of agency-1 names" in find_wrong(ledger.publish(tmp_path / "two sizes"))


@pytest.mark.parametrize(
    "change",
    [
        lambda items: [],
        lambda items: [items[0] | {"entry": 0}],
        lambda items: [items[0] | {"legal_basis": "none"}],
        lambda items: [items[0] | {"sha256": "00" * 32}],
        lambda items: [*items, *items],
        lambda items: [{"entry": 1, "legal_basis": "", "sha256": "00" * 32}, *items],
        lambda items: items[0],
        lambda items: [items[0] | {"why": ""}],
    ],
)
def test_the_list_of_what_is_withheld_is_the_logs(change: object, tmp_path: Path) -> None:
    hidden = b"hidden"
    ledger = withholding()
    ledger.block(record(ledger, hidden))
    ledger.block(act(ledger, {"sha256": sha256(hidden).hex(), "legal_basis": "court order 7"}, name="play.withhold"))
    ledger.withheld = [{"entry": 3, "legal_basis": "court order 7", "sha256": sha256(hidden).hex()}]
    folder = ledger.publish(tmp_path / "log")
    check(folder)
    assert callable(change)
    (folder / "withheld.json").write_bytes(canonical(change(ledger.withheld)))
    assert find_wrong(folder).startswith("withheld.json: ")


def test_what_a_later_entry_withholds_is_pending(tmp_path: Path) -> None:
    ledger = withholding()
    ledger.block(record(ledger, b"hidden"))
    ledger.documents.append(b"hidden")
    ledger.withheld = [{"entry": 3, "legal_basis": "", "sha256": sha256(b"hidden").hex()}]
    assert check(ledger.publish(tmp_path / "log"))["pending"] == 1


# -- ids -------------------------------------------------------------------------------------------------------------------------


def test_an_id_counts_as_used_until_its_envelope_expires(tmp_path: Path) -> None:
    ledger = play()
    sent = ledger.send("play.hold", {}, (REGISTRAR, ANY), expires=START + 80_000)
    ledger.block(ledger.accept(sent))
    ledger.block(ledger.refuse(ledger.send("play.hold", {}, (REGISTRAR, ANY)), "play.01.1"), seconds=70_000)
    ledger.block(ledger.accept(sent), seconds=9_000)
    assert judge(ledger, tmp_path).startswith("entry 5: has the id of an earlier transaction")
    # A copy after its expiry fails for that reason, whether or not the id is still remembered.
    late = play()
    late.block(late.accept(sent))
    late.block(late.accept(sent), seconds=100_000)
    assert judge(late, tmp_path).startswith("entry 3: was accepted after it had expired")


def test_a_refused_id_counts_as_used_for_seven_days(tmp_path: Path) -> None:
    week = 7 * 24 * 3600
    for seconds, problem in ((week - 61, "entry 3: has the id of an earlier transaction"), (week + 3600, "")):
        ledger = play()
        refused = ledger.send("play.hold", {}, (REGISTRAR, ANY))
        ledger.block(ledger.refuse(refused, "play.01.1"))
        ledger.block(ledger.refuse(refused, "play.01.1"), seconds=seconds)
        assert judge(ledger, tmp_path).startswith(problem)
        assert bool(judge(ledger, tmp_path)) == bool(problem)


def test_payloads_need_not_be_canonical(tmp_path: Path) -> None:
    from tests.verify.ledger import seal

    ledger = play()
    payload = json.loads(ledger.send("play.hold", {"text": "é"}, (REGISTRAR, ANY)).payload)
    ledger.block(ledger.accept(seal(json.dumps(payload, indent=1).encode(), [REGISTRAR])))
    assert judge(ledger, tmp_path) == ""
    twice = json.dumps(payload).replace('"nonce"', '"nonce": "", "nonce"').encode()
    ledger.block(ledger.accept(seal(twice, [REGISTRAR])))
    assert "a key stands twice" in judge(ledger, tmp_path)
