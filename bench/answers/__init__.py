"""Scripts that fit and measure what `rag.answer` decides with."""
