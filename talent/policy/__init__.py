"""The policy book: every number of the rules, dated, typed, cited, marked with how far anyone decided it."""
