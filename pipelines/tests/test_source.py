import zipfile

import pytest
from fakes import flight

from flights.errors import PipelineError
from flights.record import COLUMNS
from flights.source import read_flights

HEADER = ",".join(COLUMNS)
LINE = ",".join(str(value) for value in flight().values())


def test_plain_and_zipped_files_read_the_same(tmp_path):
    plain, zipped = tmp_path / "flights.csv", tmp_path / "flights.csv.zip"
    plain.write_text(f"{HEADER}\n{LINE}\n")
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(plain, "flights.csv")
    assert list(read_flights(plain)) == list(read_flights(zipped)) == [flight()]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "columns"),
        (f"{HEADER},gate\n{LINE},7\n", "columns"),
        (f"{HEADER}\n{LINE}\n{LINE.replace('EWR', 'Newark')}\n", "line 3"),
        (f"{HEADER}\n{LINE[: len(LINE) // 2]}\n", "line 2"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, problem):
    path = tmp_path / "flights.csv"
    path.write_text(text)
    with pytest.raises(PipelineError, match=problem):
        list(read_flights(path))


@pytest.mark.parametrize("name", ["flights.csv", "flights.csv.zip"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(PipelineError, match=name):
        list(read_flights(tmp_path / name))


def test_a_zip_file_that_is_none_is_named(tmp_path):
    path = tmp_path / "flights.csv.zip"
    path.write_text(HEADER)
    with pytest.raises(PipelineError, match="not a zip file"):
        list(read_flights(path))
