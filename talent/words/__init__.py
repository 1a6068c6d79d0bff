"""Findings into sentences: the one place where a code becomes words a reader understands.

Rules and commands answer with :class:`~talent.core.errors.Finding` (code, clause, params); doors word them here.
Each module beside this one holds ``WORDS``: code → (what is wrong, what to do), Chinese, with named parameters.
"""
