"""Where the sealed numbers of a person belong."""


def place_of(uid: str, field: str) -> str:
    """What a sealed number is bound to: the ciphertext opens nowhere else."""
    return f"people/{uid}/{field}"
