import pytest
from fakes import damaged, message

from flights.batch import Gap, Move, collect


def test_rows_and_moves_of_several_partitions():
    batch = collect([message(0, 5, flight=1), message(1, 0, flight=2), message(0, 6, flight=3)], {0: 5, 1: 0})
    assert len(batch.rows) == 3
    assert batch.moves == {0: Move(5, 7), 1: Move(0, 1)}
    assert batch.bad == []


def test_the_last_of_equal_keys_wins():
    batch = collect([message(0, 0, distance=1), message(0, 1, distance=2)], {0: 0})
    [row] = batch.rows.values()
    assert 2 in row
    assert batch.moves == {0: Move(0, 2)}


def test_bad_records_move_the_position_as_well():
    batch = collect([damaged(0, 3), message(0, 4)], {0: 3})
    assert [bad.offset() for bad, _ in batch.bad] == [3]
    assert batch.moves == {0: Move(3, 5)}


def test_messages_of_partitions_that_were_taken_away_are_dropped():
    batch = collect([message(2, 9), message(0, 0)], {0: 0})
    assert list(batch.moves) == [0]
    assert len(batch.rows) == 1


@pytest.mark.parametrize("offsets", [[1], [0, 2], [0, 0], [-1]], ids=str)
def test_an_offset_that_is_not_the_next_is_a_gap(offsets):
    with pytest.raises(Gap):
        collect([message(0, offset) for offset in offsets], {0: 0})


def test_nothing_gives_nothing():
    assert collect([], {0: 0}).moves == {}
