"""The pages: one file is one family of pages (forms on top, routes below) and one folder in ``templates/``."""
