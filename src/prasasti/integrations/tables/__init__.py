"""What systems of tables share: the form of a mapping, reading CSV sets, conversions, composing releases, the mapping's page."""
