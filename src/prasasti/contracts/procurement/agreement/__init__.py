"""The contract: draft, guarantees, signatures."""
