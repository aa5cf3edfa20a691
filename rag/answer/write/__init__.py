"""An answer by the language model, of which only what is verified goes out."""
