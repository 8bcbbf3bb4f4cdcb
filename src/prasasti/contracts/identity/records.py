"""Records of ``identity`` beyond those of genesis and those that it shares with ``governance`` (``contracts.offices``)."""
