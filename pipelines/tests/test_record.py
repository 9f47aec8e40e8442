from itertools import islice

import orjson
import pytest
from fakes import flight

from flights.record import COLUMNS, BadRecord, decode, encode, from_csv
from flights.source import read_flights
from flights.spoil import spoilt_records


def test_a_flight_survives_the_way_through_kafka(flights_csv):
    for source in islice(read_flights(flights_csv), 0, 20_000, 50):
        read = decode(*encode(source))
        assert read.row == tuple(source[name] for name in COLUMNS)
        assert read.key == f"{source['time_hour']}/{source['carrier']}/{source['flight']}"


def test_na_in_the_csv_file_is_not_known():
    fields = {name: str(value) for name, value in flight().items()} | {"dep_time": "NA", "tailnum": "NA"}
    assert from_csv(fields) == flight(dep_time=None, tailnum=None)


def test_whole_numbers_with_a_point_are_integers():
    key, _ = encode(flight())
    row = decode(key, orjson.dumps(flight(flight=1545.0, distance=1400.0))).row
    assert [type(row[COLUMNS.index(name)]) for name in ("flight", "distance")] == [int, int]


@pytest.mark.parametrize(
    "changes",
    [
        {"month": 13},
        {"month": 0},
        {"day": "1"},
        {"day": True},
        {"flight": 10_000},
        {"flight": 1.5},
        {"distance": 1e300},
        {"dep_delay": 40_000},
        {"carrier": "ua"},
        {"carrier": "UA\n"},
        {"carrier": None},
        {"origin": "EWRX"},
        {"tailnum": "N\u0000"},
        {"tailnum": ""},
        {"hour": 24},
        {"sched_dep_time": None},
        {"time_hour": "2013-02-30T10:00:00Z"},
        {"time_hour": "2013-01-01T24:00:00Z"},
        {"time_hour": "2013-01-01T10:30:00Z"},
        {"time_hour": "2013-01-01T10:00:00"},
        {"time_hour": "٢٠١٣-01-01T10:00:00Z"},
        {"gate": 7},
    ],
    ids=str,
)
def test_what_breaks_the_schema_is_refused(changes):
    with pytest.raises(BadRecord) as refusal:
        decode(*encode(flight(**changes)))
    assert refusal.value.reason == "schema"


@pytest.mark.parametrize("missing", COLUMNS)
def test_every_field_is_required(missing):
    key, _ = encode(flight())
    value = orjson.dumps({name: field for name, field in flight().items() if name != missing})
    with pytest.raises(BadRecord, match=missing):
        decode(key, value)


@pytest.mark.parametrize("value", [b"", b"{", b"\xff", b'{"day": NaN}', b"{}{}", b'{"day": "\\ud800"}'])
def test_what_is_not_json_is_refused(value):
    with pytest.raises(BadRecord) as refusal:
        decode(b"key", value)
    assert refusal.value.reason == "json"


@pytest.mark.parametrize("value", [b"[]", b"1", b"null", b'"text"', b"{}"])
def test_other_json_is_refused(value):
    with pytest.raises(BadRecord) as refusal:
        decode(b"key", value)
    assert refusal.value.reason == "schema"


@pytest.mark.parametrize("key", [None, b"", b"2013-01-01T10:00:00Z/UA/1", b"\xff"])
def test_a_wrong_key_is_refused(key):
    with pytest.raises(BadRecord) as refusal:
        decode(key, orjson.dumps(flight()))
    assert refusal.value.reason == "key"


def test_all_ten_spoilt_records_are_bad_each_in_its_own_way():
    refusals = []
    for key, value in spoilt_records():
        with pytest.raises(BadRecord) as refusal:
            decode(key, value)
        refusals.append(str(refusal.value))
    assert len(set(refusals)) == 10
