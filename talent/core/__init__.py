"""The transaction and what at least three slices need: work, access, audit, jobs, files, database, terms, money."""
