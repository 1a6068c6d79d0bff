"""``talent`` and ``python -m talent``."""

from talent.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
