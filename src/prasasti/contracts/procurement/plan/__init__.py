"""The plan line: what an agency means to buy, with which money."""
