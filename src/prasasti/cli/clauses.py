"""Where a refused rule can be read: its clause of the law, and its place in the contract's own rules.

Owns the references that were read in the law; a rule that stands in none was decided for this ledger.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Message

_LAW = "Perpres 16/2018 Pasal"
CLAUSES = {
    "procurement.01.3": f"{_LAW} 38, 41",
    "procurement.01.4": f"{_LAW} 20(2)d",
    "procurement.02.4": f"{_LAW} 38, 41",
    "procurement.02.5": f"{_LAW} 20(2)d",
    "procurement.03.1": f"{_LAW} 51",
    "procurement.03.2": f"{_LAW} 26",
    "procurement.03.7": f"{_LAW} 13",
    "procurement.03.9": f"{_LAW} 45",
    "procurement.03.10": f"{_LAW} 65, 67",
    "procurement.06.4": f"{_LAW} 26",
    "procurement.06.12": f"{_LAW} 65, 67",
    "procurement.08.2": f"{_LAW} 7, 78",
    "procurement.08.3": f"{_LAW} 51, 65",
    "procurement.12.1": f"{_LAW} 7",
    "procurement.13.2": f"{_LAW} 7",
    "procurement.20.3": f"{_LAW} 26",
    "procurement.23.2": f"{_LAW} 50",
    "procurement.23.4": f"{_LAW} 32",
    "procurement.25.4": f"{_LAW} 78",
    "procurement.25.6": f"{_LAW} 50",
    "procurement.27.1": f"{_LAW} 51",
    "procurement.28.5": f"{_LAW} 7",
    "procurement.29.1": f"{_LAW} 30, 33",
    "procurement.29.2": f"{_LAW} 30",
    "procurement.30.2": f"{_LAW} 33",
    "procurement.30.4": f"{_LAW} 52",
    "procurement.30.5": f"{_LAW} 78",
    "procurement.42.1": f"{_LAW} 78",
    "procurement.42.2": f"{_LAW} 78",
}


def find_clause(number: str) -> str:
    """Where the rule of a refusal stands: its law where there is one, and the section of RULES.md that has its number."""
    contract, message, _ = number.split(".")
    place = f"{_list_pages().get((contract, message), f'contracts/{contract}/RULES.md')}, {message}"
    return f"{CLAUSES[number]}; {place}" if number in CLAUSES else place


def find_page(message: Message) -> str:
    """The RULES.md of a message, below the package's folder: that of its object, or of its contract where the object has none."""
    _, *folders = message.arguments.__module__.split(".")[:-1]
    pages = ["/".join([*folders[:depth], "RULES.md"]) for depth in range(len(folders), 1, -1)]
    return next((page for page in pages if files("prasasti").joinpath(page).is_file()), pages[-1])


@cache
def _list_pages() -> dict[tuple[str, str], str]:
    """Pages by contract and the number of a message."""
    return {(contract.name, message.number): find_page(message) for contract in CONTRACTS for message in contract.messages}
