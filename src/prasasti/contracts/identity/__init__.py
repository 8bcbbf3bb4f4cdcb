"""Contract ``identity``: whose key signs, in which office. So far: registering and ending keys."""
