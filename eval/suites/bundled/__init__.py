"""Questions over the bundled papers, one JSON object a line (``eval.cases`` checks them)."""
