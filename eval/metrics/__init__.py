"""One metric a file: its formula, where it comes from, and what it leaves unscored."""
