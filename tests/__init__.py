"""Tests of Prasasti, one folder for each part of the source; ``judges`` and ``style`` hold what all of them share."""
