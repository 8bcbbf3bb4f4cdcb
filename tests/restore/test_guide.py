"""The operator's guides say the same in both languages, and their files fit the product.

Commands marked ``run`` are run by ``tests/style/test_documents.py``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from prasasti.cli import prasasti
from tests.web.world import serving

GUIDES = Path(__file__).resolve().parents[2] / "docs/guides"
DEPLOY = GUIDES / "deploy"
ANALYZE = shutil.which("systemd-analyze")
BLOCK = re.compile(r"^```(\w+)(?: run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(?:^|(?<=\s))# .*$", re.MULTILINE)


def read_guide(language: str) -> str:
    return (GUIDES / f"operator.{language}.md").read_text(encoding="utf-8")


def list_blocks(text: str) -> list[tuple[str, str]]:
    """Language and content of each block, without the words for people in it."""
    return [(language, re.sub(r"[ \t]+$", "", COMMENT.sub("", content), flags=re.MULTILINE)) for language, content in BLOCK.findall(text)]


def test_both_languages_show_the_same_commands() -> None:
    english, indonesian = map(list_blocks, map(read_guide, ("en", "id")))
    assert len(english) > 8
    assert indonesian == english


def test_both_languages_have_the_same_sections_alerts_and_metrics() -> None:
    english, indonesian = map(read_guide, ("en", "id"))
    for pattern in (r"^#+ ([0-9.]+)", r"prasasti_[a-z_]+", r"^\|.*\| (13\.[0-9]) \|$", r"\]\(([^)]*)\)"):
        found, shown = (
            sorted(each.replace(".id.md", ".en.md") for each in re.findall(pattern, text, re.MULTILINE)) for text in (english, indonesian)
        )
        assert shown == found != []


def test_both_languages_of_the_proxy_guide_show_the_same() -> None:
    english, indonesian = ((GUIDES / f"proxy.{language}.md").read_text(encoding="utf-8") for language in ("en", "id"))
    assert list_blocks(english) == list_blocks(indonesian) != []
    shown = re.findall(r"`[^`\n]+`", english)
    assert sorted(shown) == sorted(re.findall(r"`[^`\n]+`", indonesian))


def test_every_metric_that_is_watched_is_one_that_the_node_shows(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        shown = set(re.findall(r"^# TYPE (\S+)", served.client.get("/metrics").text, re.MULTILINE))
    for document in ("operator.en.md", "deploy/alerts.yml"):
        watched = set(re.findall(r"prasasti_[a-z_]+", (GUIDES / document).read_text(encoding="utf-8")))
        assert len(watched) > 8
        assert watched <= shown


def test_every_alert_has_its_runbook() -> None:
    rules = (GUIDES / "deploy/alerts.yml").read_text(encoding="utf-8")
    runbooks = re.findall(r'runbook: "(.+?)"', rules)
    assert len(runbooks) == rules.count("- alert: ")
    assert set(re.findall(r"^### (13\.[0-9]) ", read_guide("en"), re.MULTILINE)) > set(runbooks) > {"13.1", "13.2", "13.4", "13.5", "13.6"}


@pytest.mark.parametrize("unit", sorted(each.name for each in DEPLOY.glob("*.service")))
def test_a_unit_gives_its_command_options_that_it_has(unit: str) -> None:
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    found = re.search(r"exec prasasti (?:--json )?(\w+) ([^<\n]*)", text)
    assert (found is None) == (unit == "alert@.service")
    if found is not None:
        known = {word for option in prasasti.commands[found[1]].params for word in option.opts}
        assert set(re.findall(r"--[a-z-]+", found[2])) <= known
        for name in re.findall(r"CREDENTIALS_DIRECTORY/(\w+)", text):
            assert f"LoadCredentialEncrypted={name}:/etc/prasasti/{name}.cred" in text


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed")
    units = [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]
    copies = [shutil.copy(each, tmp_path / each.name.replace("@", "@x")) for each in units]
    done = subprocess.run([ANALYZE, "verify", *map(str, copies)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_container_starts_a_command_with_options_that_it_has() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    words = json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[0])
    known = {word for option in prasasti.commands[words[0]].params for word in option.opts}
    assert {word for word in words if word.startswith("--")} <= known
    for copied in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE):
        assert all((GUIDES.parents[1] / each).exists() for each in copied.split())
