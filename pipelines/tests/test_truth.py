"""truth.json, worked out from the CSV file alone: nothing of the package under test is used here."""

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path


def test_the_truth_is_what_the_csv_file_says(flights_csv):
    with zipfile.ZipFile(flights_csv) as archive:
        text = archive.read("flights.csv").decode()
    header, *lines = text.splitlines()
    names = next(csv.reader([header]))
    flights = [dict(zip(names, fields, strict=True)) for fields in csv.reader(io.StringIO(text))][1:]

    ordered = sorted(
        zip(flights, lines, strict=True),
        key=lambda pair: (pair[0]["time_hour"], pair[0]["carrier"], int(pair[0]["flight"])),
    )
    truth = {
        "rows": len({(flight["time_hour"], flight["carrier"], flight["flight"]) for flight in flights}),
        "carriers": len({flight["carrier"] for flight in flights}),
        "origins": dict(sorted(Counter(flight["origin"] for flight in flights).items())),
        "withoutDeparture": sum(flight["dep_time"] == "NA" for flight in flights),
        "checksum": hashlib.sha256("".join(line + "\n" for _, line in ordered).encode()).hexdigest(),
    }
    assert truth == json.loads(Path(__file__).with_name("truth.json").read_text())
    assert len(flights) == truth["rows"]
