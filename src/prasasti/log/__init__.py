"""The public log: tiles, checkpoints, the published folder, proofs. It reads the ledger, and writes nothing of it."""
