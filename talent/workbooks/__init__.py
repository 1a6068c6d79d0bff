"""Reading and writing sheets: guard, reader, headers, cells, rows, writer. Knows no table of ours."""
