"""The read model: what the tables hold, that they follow the log, and what can be asked of them."""
