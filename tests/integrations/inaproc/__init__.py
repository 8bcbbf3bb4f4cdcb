"""INAPROC: the mapping, the joins, bad input, a ministry's whole year."""
