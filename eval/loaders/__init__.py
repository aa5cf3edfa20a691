"""Outside question sets: one reader a kind, and the one call that tells them apart."""

from eval.loaders.outside import load_target

__all__ = ["load_target"]
