"""A run that a person can look at: tables once, rendered as Markdown and as one HTML page."""
