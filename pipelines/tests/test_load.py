import pytest
from fakes import FakeConsumer, FakeDeadLetters, FakeWarehouse, damaged, message

from flights.errors import PipelineError, Stopped
from flights.kafka import Bounds
from flights.load import Loader, check_bounds

LOG = {
    0: [message(0, 0, flight=1), damaged(0, 1), message(0, 2, flight=2)],
    1: [message(1, 0, flight=3), message(1, 1, flight=4), damaged(1, 2)],
}
ENDS = {0: 3, 1: 3}


class Killed(Exception):
    """Stands for kill -9."""


def run(warehouse, letters=None, log=LOG, stopping=lambda: False):
    consumer = FakeConsumer(log)
    Loader(consumer, warehouse, letters or FakeDeadLetters()).run(ENDS, stopping)
    return consumer


def test_all_rows_once_and_all_bad_records_aside():
    warehouse, letters = FakeWarehouse(), FakeDeadLetters()
    run(warehouse, letters)
    assert len(warehouse.rows) == 4
    assert letters.keys == [(0, 1), (1, 2)]
    assert warehouse.stored == ENDS


def test_a_second_run_does_nothing():
    warehouse = FakeWarehouse(stored=dict(ENDS))
    run(warehouse)
    assert warehouse.rows == []


def test_a_loader_that_was_killed_before_its_commit_is_finished_by_the_next():
    def kill(_warehouse):
        raise Killed

    warehouse, letters = FakeWarehouse(before_write=[kill]), FakeDeadLetters()
    with pytest.raises(Killed):
        run(warehouse, letters)
    assert warehouse.rows == []
    run(warehouse, letters)
    assert len(warehouse.rows) == 4
    assert len(letters.keys) == 4
    assert len(set(letters.keys)) == 2


def test_a_loader_whose_commit_was_done_by_another_continues_behind_it():
    def other_loader(warehouse):
        warehouse.stored[0] = 3
        warehouse.rows += ["one", "two"]

    warehouse = FakeWarehouse(before_write=[other_loader])
    consumer = run(warehouse)
    assert len(warehouse.rows) == 4
    assert consumer.assigned == [{0: 0, 1: 0}, {0: 3, 1: 0}]


def test_a_hole_in_the_topic_is_an_error_and_nothing_behind_it_is_loaded():
    holed = {**LOG, 0: [LOG[0][0], LOG[0][2]]}
    warehouse = FakeWarehouse()
    with pytest.raises(PipelineError, match="expected offset 1, got 2"):
        run(warehouse, log=holed)
    assert warehouse.stored[0] <= 1


def test_sigterm_ends_between_batches():
    with pytest.raises(Stopped):
        run(FakeWarehouse(), stopping=lambda: True)


@pytest.mark.parametrize("position", [4, 11])
def test_a_topic_that_lost_records_is_refused(position):
    with pytest.raises(PipelineError, match="lost records"):
        check_bounds({0: position}, {0: Bounds(5, 10)})


@pytest.mark.parametrize("position", [5, 7, 10])
def test_a_position_within_the_topic_is_fine(position):
    check_bounds({0: position}, {0: Bounds(5, 10)})
