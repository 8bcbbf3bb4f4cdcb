"""What the ledger is for, from end to end: records go in, are published, checked by others and read back; nothing is lost on the way."""
