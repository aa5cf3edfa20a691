"""Retrieval measured: what each stage adds, which weights hold on sets they were not fitted on."""
