"""What is served over HTTP. Owns nothing itself: ``server`` listens, ``api`` answers members and programs."""
