"""From a locked year to the bank and back: payroll files, return files, what is still owed."""
