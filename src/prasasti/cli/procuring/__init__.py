"""Commands of a selection, one a message: ``plan``, ``tender``, ``proposal``, ``trustee``, ``committee``, ``award`` and the others.

Owns the table of their names. Options come from the messages' own shapes, so that a field more in a message is an option more
here. Each shows what will be recorded, who will see it, what follows, and what the rules would refuse, before it signs.
"""

from prasasti.cli.procuring.commands import make_commands
from prasasti.cli.procuring.paying import disbursed
from prasasti.cli.procuring.table import ELSEWHERE, GROUPS, ROWS

__all__ = ["ELSEWHERE", "GROUPS", "ROWS", "disbursed", "make_commands"]
