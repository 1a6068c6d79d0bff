"""The entries the program does not compute with, so that nobody changes one and waits for something to happen.

They stand in the book because the documents state them and work to come will read them; the book's page says so.
"""

UNCOMPUTED = frozenset({
    "portraits.change_percentile",
    "privacy.dominance_limit",
    "privacy.own_school_minimum",
    "rounds.criteria",
    "rounds.duties",
    "rounds.excellent_maximum_share",
    "rounds.experts_minimum",
    "rounds.notice_workdays",
    "rounds.score_maximum",
    "rounds.spread_limit",
    "rounds.unqualified_removes",
    "rounds.unqualified_suspends",
    "tiers.cultivation_scope",
    "tiers.cultivation_targets",
    "vocabulary.art_subjects",
    "vocabulary.result_categories",
})
