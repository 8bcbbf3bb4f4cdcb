"""Commands that read: ``search``, ``totals``, ``show``, ``list``, ``rebuild``, each in a file of its own.

Each catches up with the ledger's newest block first. What they import of the read model they import when they run: a
command that does not read starts without it.
"""

from prasasti.cli.reading.conditions import METHODS, STATES
from prasasti.cli.reading.listing import list_, rebuild
from prasasti.cli.reading.searching import SORTS, search
from prasasti.cli.reading.showing import show
from prasasti.cli.reading.stories import say_story
from prasasti.cli.reading.totalling import GROUPINGS, totals

__all__ = ["GROUPINGS", "METHODS", "SORTS", "STATES", "list_", "rebuild", "say_story", "search", "show", "totals"]
