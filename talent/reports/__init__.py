"""The board: figures of the whole district on a date, each with the people behind it, as pages and on paper."""
