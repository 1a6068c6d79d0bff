"""The policy book: every number the rules use, dated, typed, cited, and marked with how far anyone decided it."""
