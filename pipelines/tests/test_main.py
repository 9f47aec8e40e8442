import json

import pytest

from flights.__main__ import main
from flights.errors import PipelineError
from flights.kafka import settings_from

KAFKA = {"KAFKA_BOOTSTRAP": "kafka:9093", "KAFKA_USERNAME": "loader", "KAFKA_PASSWORD": "hidden", "KAFKA_CA": "/ca.crt"}


@pytest.mark.parametrize("command", ["produce", "load", "count", "spoil"])
def test_a_missing_environment_ends_with_one_line_that_names_it(command, monkeypatch, capsys):
    for name, value in KAFKA.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("KAFKA_CA")
    assert main([command]) == 1
    output = capsys.readouterr()
    [line] = output.err.splitlines()
    assert json.loads(line)["event"] == "failed"
    assert "KAFKA_CA" in line
    assert "hidden" not in output.err + output.out


@pytest.mark.parametrize("missing", KAFKA)
def test_every_variable_is_needed(missing):
    with pytest.raises(PipelineError, match=missing):
        settings_from({**KAFKA, missing: ""})


@pytest.mark.parametrize("arguments", [[], ["fly"], ["load", "--fast"]], ids=str)
def test_wrong_usage(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert "KAFKA_CA" in capsys.readouterr().out
