"""Workbooks in and out: preview, accept, undo and export. Alone it may call every slice's intake."""
