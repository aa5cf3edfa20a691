"""The question sets that come with the project."""
