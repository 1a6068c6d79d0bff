"""What is to be paid, as rules: differences once, refusals alone, nothing ever twice."""

from hypothesis import given
from hypothesis import strategies as st

from talent.pay.payout.rules import (
    Expected,
    Issued,
    Planned,
    Position,
    Row,
    SchoolStand,
    match,
    positions,
    references,
    regular,
    reissue,
)

T1, T2 = (1, 7), (2, 7)


def issued(number: int, key: tuple[int, int], fen: int, outcome: str = "", replaced: bool = False) -> Issued:
    return Issued(number, *key, number, fen, outcome, replaced, f"R{number}")


def test_only_the_difference_is_paid() -> None:
    stand = positions({T1: 500, T2: 300}, [issued(1, T1, 200, "paid")])
    assert regular(stand) == [Planned(*T1, 2, 300), Planned(*T2, 1, 300)]
    assert regular(stand, held=[7]) == []


def test_what_the_bank_refused_is_not_issued_as_new() -> None:
    items = [issued(1, T1, 200, "failed"), issued(2, T1, 300)]
    stand = positions({T1: 500}, items)
    assert (stand[T1], regular(stand)) == (Position(500, 0, 300, 200, 2), [])
    assert reissue(stand, items) == [Planned(*T1, 3, 200, 1, "R1")]


def test_a_refused_sum_shrinks_with_the_award() -> None:
    items = [issued(1, T1, 1000, "failed")]
    assert reissue(positions({T1: 800}, items), items) == [Planned(*T1, 2, 800, 1, "R1")]
    assert reissue(positions({}, items), items) == []


def test_what_was_paid_too_much_is_named_and_never_negative_in_a_file() -> None:
    stand = positions({T1: 100}, [issued(1, T1, 300, "paid")])
    assert (stand[T1].back, stand[T1].due, regular(stand)) == (200, 0, [])


def test_a_replaced_item_counts_no_more() -> None:
    items = [issued(1, T1, 200, "failed", replaced=True), issued(2, T1, 200, "paid")]
    stand = positions({T1: 200}, items)
    assert stand[T1].owed == 0 and reissue(stand, items) == []


def test_references_name_file_row_and_what_they_repeat() -> None:
    planned = [Planned(*T1, 1, 5), Planned(*T2, 3, 5, 9, "P202100100002"), Planned(*T2, 4, 5, 9, "P202100100002-R1")]
    assert references(2021, 3, planned) == ["P202100300001", "P202100100002-R1", "P202100100002-R2"]


def test_a_school_is_settled_when_three_say_the_same() -> None:
    equal = SchoolStand(1, "A", "甲", standing=5, booked=5, split=5, paid=5)
    assert equal.settled and equal.differences == []
    assert SchoolStand(1, "A", "甲", standing=5).differences == [("no_split", 5)]
    assert SchoolStand(1, "A", "甲", standing=5, split=4, due=4).differences == [("other_split", -1), ("due", 4)]
    assert SchoolStand(1, "A", "甲", standing=5, booked=4, split=5, paid=5).differences == [("booked", -1)]
    assert SchoolStand(1, "A", "甲", standing=5, split=6).held


def test_an_answer_is_taken_once() -> None:
    expected = {"R1": Expected(1, "T1", "张", 5, ""), "R2": Expected(2, "T2", "李", 6, "paid")}
    rows = [Row(2, "R1", "", "", 5, "paid", ""), Row(3, "R1", "T1", "张", 5, "failed", ""),
            Row(4, "R2", "T2", "李", 6, "paid", ""), Row(5, "R2", "T2", "李", 6, "failed", "")]
    assert [each.code for each in match(rows, expected)] == ["take", "twice", "known", "twice"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50_000)), max_size=8),
       st.lists(st.sampled_from(["paid", "failed", ""]), min_size=40, max_size=40))
def test_any_history_pays_everybody_exactly_their_award(
    shares: list[tuple[int, int]], answers: list[str]
) -> None:
    """Splits that change, a bank that answers anything: never beyond the highest award, and in the end all of it."""
    items: list[Issued] = []
    award: dict[tuple[int, int], int] = {}
    said = iter(answers)
    highest: dict[tuple[int, int], int] = {}

    def issue(planned: list[Planned]) -> None:
        replaced = {item.reissues_id for item in planned}
        items[:] = [item._replace(replaced=item.replaced or item.item_id in replaced) for item in items]
        items.extend(Issued(len(items) + 1 + at, item.person_id, item.school_id, item.sequence, item.fen,
                            next(said, "paid"), False) for at, item in enumerate(planned))

    for person, fen in shares:
        award[person, 7] = fen
        highest[person, 7] = max(highest.get((person, 7), 0), fen)
        issue(regular(positions(award, items)))
        issue(reissue(positions(award, items), items))
        for key, stand in positions(award, items).items():
            assert stand.paid + stand.pending <= highest[key]
    items[:] = [item._replace(outcome=item.outcome or "paid") for item in items]
    said = iter(())
    for _ in range(2):
        issue(reissue(positions(award, items), items))
        issue(regular(positions(award, items)))
    for key, stand in positions(award, items).items():
        assert stand.owed == stand.due == stand.failed == stand.pending == 0
        assert stand.paid - stand.back == award[key]
        assert len({item.sequence for item in items if item.key == key}) == sum(item.key == key for item in items)
