"""Small rules of the repository that no linter knows, each with its reason."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"

# Who may import a part, for parts that the layers alone do not guard.
IMPORTERS = {
    "prasasti.vault": ("prasasti.vault", "prasasti.services", "prasasti.bootstrap"),  # private data passes few hands
    "prasasti.engines": ("prasasti.engines", "prasasti.bootstrap"),  # one place chooses the concrete parts
}
# Twelve hex digits of the SHA-256 of each: a list of package registries would name them.
REGISTRY_HOSTS = frozenset(
    """a4aa2ac280bb 8b5bb5eb9d75 00a7dc5a0cc3 9da5f32d9641 789e46d79514 8743857e3ea0 3ca29e55be4b c3db8466ffcd
    41b464c047c2 e680c440a2e9 1ba4e37997a2""".split()
)
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
# Written so that this line does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|root|tmp|home|Users)/[\w.]")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git repository: what is tracked is not known")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def find_foreign_words(text: str) -> list[str]:
    """Paths of the machine it was written on and hosts of package registries: both are wrong anywhere else."""
    hosts = {host for host in HOST.findall(text) if any(_digest(end) in REGISTRY_HOSTS for end in _suffixes(host))}
    return MACHINE_PATH.findall(text) + sorted(hosts)


def _suffixes(host: str) -> Iterator[str]:
    labels = host.split(".")
    yield from (".".join(labels[start:]) for start in range(len(labels) - 1))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def find_imports(text: str) -> set[str]:
    """Every module that a module imports, in dotted form."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def find_forbidden_imports(module: str, text: str) -> list[str]:
    """Imports by which a module reaches a guarded part."""
    return sorted(
        imported
        for part, importers in IMPORTERS.items()
        if not is_within(module, *importers)
        for imported in find_imports(text)
        if is_within(imported, part)
    )


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    files = tracked_files()
    wrong: dict[str, list[str]] = {}
    for path in files:
        try:
            words = find_foreign_words(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
        if words:
            wrong[path.relative_to(ROOT).as_posix()] = words
    assert files
    assert wrong == {}


def test_foreign_words_are_found() -> None:
    assert find_foreign_words("lies in /ro" + "ot/ledger")
    assert find_foreign_words("from https://files.pytho" + "nhosted.org/packages")
    assert not find_foreign_words("golang.org/x/mod, a/tmp/b, ${TMPDIR:-/tm" + "p}, https://ledger.example/home/page")


def test_guarded_parts_are_imported_where_they_may_be() -> None:
    modules = {".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in SOURCE.rglob("*.py")}
    found = {name: find_forbidden_imports(name, path.read_text(encoding="utf-8")) for name, path in modules.items()}
    assert {name: imports for name, imports in found.items() if imports} == {}


def test_forbidden_imports_are_found() -> None:
    assert find_forbidden_imports("prasasti.web.api", "from prasasti.vault.records import read") == [
        "prasasti.vault.records",
        "prasasti.vault.records.read",
    ]
    assert find_forbidden_imports("prasasti.web.api", "from prasasti import vault")
    assert not find_forbidden_imports("prasasti.services.submit", "from prasasti.vault import read")


def test_the_verifier_has_one_dependency() -> None:
    """An outsider who reads it must not have to read the node, or other people's libraries, as well."""
    allowed = {*sys.stdlib_module_names, "nacl", "prasasti_verify"}
    texts = [path.read_text(encoding="utf-8") for path in (SOURCE / "prasasti_verify").rglob("*.py")]
    imported = {name.split(".")[0] for text in texts for name in find_imports(text)}
    assert "hashlib" in imported
    assert imported - allowed == set()


def test_no_dependency_of_the_product_is_under_the_gpl() -> None:
    """Whoever builds on the product must be free to choose a licence; an AGPL judge runs as a process elsewhere."""
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert "msgspec" in pinned
    for name in pinned:
        if name in ("colorama", "tzdata"):  # for Windows only
            continue
        facts = metadata(name)
        fields = ("License-Expression", "License", "Classifier")
        assert not [value for field in fields for value in facts.get_all(field) or [] if "GPL" in value[:200]], name


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-judges"])
def test_requirements_are_pinned_by_hash(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[\w-])", text.strip())
    assert all("==" in entry.splitlines()[0] and "--hash=sha256:" in entry for entry in entries)
    assert "--index-url" not in text
    wanted = re.findall(r"^(\w[\w-]*)", (ROOT / f"{name}.in").read_text(encoding="utf-8"), re.MULTILINE)
    assert {one.lower() for one in wanted} <= {entry.split("==")[0] for entry in entries}


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert records
    assert re.findall(r"\]\(([0-9][^)]*\.md)\)", index) == records


def test_every_target_that_a_document_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z.-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]]
    named = {target for text in texts for target in re.findall(r"(?:^|`)make ([a-z.-]+)", text, re.MULTILINE)}
    assert {"pilot", "test"} <= named
    assert named - targets == set()
