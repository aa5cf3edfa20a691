"""Whether the papers answer at all, and what is said where they don't."""
