"""A piece of work as its steps, for ``kit/chain.html``."""

from collections.abc import Sequence


def chain(steps: Sequence[tuple[str, str, bool]]) -> list[dict[str, str]]:
    """(label, note, whether it is done) of each step in order → what kit/chain.html draws: the first that is not done
    is the one at hand, whatever later ones say."""
    reached = next((at for at, step in enumerate(steps) if not step[2]), len(steps))
    return [{"label": label, "note": note, "state": "done" if at < reached else "now" if at == reached else "todo"}
            for at, (label, note, _) in enumerate(steps)]
