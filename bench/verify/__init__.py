"""Scripts that fit and measure what `rag.answer.verify` decides with."""
