"""INAPROC, Indonesia's national procurement portal: its tables of plans, tenders, results, contracts and realisation as CSV files.

`mapping` is the one table of what is told where; `joining` says which rows belong together and what is out of order. Everything
else is shared by all systems of tables (`integrations.tables`).
"""

from prasasti.integrations.inaproc.joining import InaprocAdapter

ADAPTER = InaprocAdapter()
