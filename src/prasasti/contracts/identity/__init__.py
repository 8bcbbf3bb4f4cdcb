"""Contract ``identity``: whose key signs, in which office; how keys are made, handed over, lost and recovered."""
