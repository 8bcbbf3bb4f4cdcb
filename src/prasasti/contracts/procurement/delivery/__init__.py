"""Delivery of a contract: evidence, inspection, the second witness, invoices, certificates (33, 34, 35, 47, 53)."""
