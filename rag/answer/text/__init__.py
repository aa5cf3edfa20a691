"""Words, numbers, names and turns of phrase, in a question or a sentence."""
