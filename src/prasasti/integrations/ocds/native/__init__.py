"""Native processes as OCDS 1.1.5: what the log says of a process run on the ledger, told as releases and as a story.

Pure. ``entries`` reads log entries and finds whose they are, ``tags`` says which of them make a release, ``deriving`` makes
it. Nothing here is recorded: anyone derives the same releases from the same log.
"""
