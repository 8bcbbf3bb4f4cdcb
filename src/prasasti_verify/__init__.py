"""The independent verifier of a published ledger: public files and public keys in, a verdict out. Imports nothing of the node."""
