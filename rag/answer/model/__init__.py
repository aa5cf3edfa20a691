"""The language model, for whoever has one: prompts out, checked replies in."""
