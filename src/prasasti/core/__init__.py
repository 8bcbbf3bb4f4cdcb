"""The deterministic heart: types, encoding, envelope, state tree, admission, transition. No clock, files, network, floats."""
