import json
import re
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes import flight

from flights.record import COLUMNS, KEY_COLUMNS, SCHEMA, encode
from warehouse import documents, elt, lake, postgres, schema, serve
from warehouse.load import fewer, spans_of
from warehouse.postgres import FACTS, Quality, Span, Star
from warehouse.problems import WarehouseError
from warehouse.settings import jdbc_options, kafka_options, libpq, mongodb_options, secret
from warehouse.topic import Topic, starting_offsets

GOOD = Quality(
    records=10, flights=7, rejected=2, duplicates=1, without_key=0, unknown_carriers=0, unknown_airports=1
)  # fmt: skip


class TestSecrets:
    def test_are_read_from_files_as_kubernetes_mounts_them(self, tmp_path):
        folder = tmp_path / "kafka"
        (folder / "..2026").mkdir(parents=True)
        (folder / "..2026" / "password").write_text("p")
        (folder / "password").symlink_to("..2026/password")
        assert secret("kafka", tmp_path) == {"password": "p", "ca": str(folder / "ca.crt")}

    def test_that_are_missing_are_named(self, tmp_path):
        with pytest.raises(WarehouseError, match="mongodb"):
            secret("mongodb", tmp_path)


class TestSettings:
    LOGIN = {"host": "h", "port": "1", "database": "d", "username": "u", "password": 'p"\\/@', "ca": "/ca"}  # noqa: RUF012

    def test_of_kafka_take_a_password_as_it_is_and_verify_the_server(self):
        options = kafka_options({**self.LOGIN, "bootstrap": "b:9093"})
        assert 'password="p\\"\\\\/@";' in options["kafka.sasl.jaas.config"]
        assert options["kafka.security.protocol"] == "SASL_SSL"
        assert options["kafka.ssl.truststore.location"] == "/ca"

    def test_of_postgres_verify_the_server(self):
        assert jdbc_options(self.LOGIN)["sslmode"] == libpq(self.LOGIN)["sslmode"] == "verify-full"

    def test_of_mongodb_take_the_address_as_the_store_gives_it(self):
        url = "mongodb://u:p@a:1,b:1/d?tls=true&replicaSet=r"
        assert mongodb_options({**self.LOGIN, "url": url})["connection.uri"] == url


class TestSchema:
    fields = schema.read_schema()

    def test_is_that_of_the_loader(self):
        assert tuple(self.fields) == COLUMNS
        assert self.fields == SCHEMA["properties"]

    def test_shape_takes_a_flight_and_nothing_else(self):
        kinds = {name: schema._VARIANT[schema.types_of(rule)[-1]] for name, rule in self.fields.items()}

        def shape_of(kinds):
            return f"ARRAY<OBJECT<{', '.join(f'{name}: {kind}' for name, kind in sorted(kinds.items()))}>>"

        pattern = schema.shape(self.fields)
        assert re.search(pattern, shape_of(kinds))
        assert re.search(pattern, shape_of({**kinds, "dep_time": "VOID"}))
        for wrong in (
            {**kinds, "extra": "STRING"},
            {**kinds, "carrier": "BIGINT"},
            {**kinds, "origin": "VOID"},
            {name: kind for name, kind in kinds.items() if name != "dest"},
        ):
            assert not re.search(pattern, shape_of(wrong))
        assert not re.search(pattern, f"ARRAY<{shape_of(kinds)}>")

    def test_canonical_takes_what_the_producer_writes(self):
        written = encode(flight())[1].decode()
        pattern = schema.canonical(self.fields)
        assert re.search(pattern, written)
        assert re.search(pattern, written.replace('"dep_time":517', '"dep_time":null'))

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ('"year":2013', '"year": 2013'),
            ('"year":2013', '"year":2013.0'),
            ('"year":2013', '"year":02013'),
            ('"year":2013', '"year":12345678901'),
            ('"year":2013', '"year":null'),
            ('"year":2013', '"month":2013'),
            ('"year":2013,', ""),
            ('"year":2013', '"year":2013,"year":2013'),
            ('"dep_time":517', '"dep_time":"517"'),
            ('"carrier":"UA"', '"carrier":"U\\u0041"'),
            ('"carrier":"UA"', '"carrier":"U\nA"'),
            ('"carrier":"UA"', '"carrier":"UA","carrier":"B6"'),
            ("{", "[{"),
        ],
    )
    def test_canonical_leaves_the_rest_to_be_looked_at(self, right, wrong):
        written = encode(flight())[1].decode()
        assert right in written
        assert not re.search(schema.canonical(self.fields), written.replace(right, wrong, 1))

    def test_limits_hold_every_field(self):
        limits = schema.limits(self.fields)
        assert all(re.search(rf"\b{name}\b", limits) for name in self.fields)
        assert "(dep_time IS NULL OR (dep_time >= 0 AND dep_time <= 2400))" in limits

    def test_patterns_survive_the_quotes_of_sql(self):
        assert schema.literal("a'b\\d") == "'a\\'b\\\\d'"

    def test_key_is_made_of_the_fields_that_the_loader_takes(self):
        assert re.findall(r"CAST\((\w+) ", schema.key()) == list(KEY_COLUMNS)


class TestSpans:
    def test_go_from_the_position_to_behind_the_last_record(self):
        assert spans_of({0: (5, 9, 5), 1: (0, 0, 1)}, {0: 5}) == {0: Span(5, 10), 1: Span(0, 1)}

    @pytest.mark.parametrize("found", [(6, 9, 4), (5, 9, 4), (4, 9, 6)])
    def test_with_a_hole_or_from_elsewhere_are_refused(self, found):
        with pytest.raises(WarehouseError, match="Partition 0"):
            spans_of({0: found}, {0: 5})


def test_a_topic_is_read_from_the_positions_on():
    assert starting_offsets(Topic("flights", "id", 3), {1: 9}) == {"flights": {"0": -2, "1": 9, "2": -2}}


class TestQuality:
    def test_of_a_load_that_adds_up(self):
        assert GOOD.problems() == []

    @pytest.mark.parametrize("wrong", [{"flights": 8}, {"rejected": 0}, {"duplicates": 5}])
    def test_of_a_load_that_does_not(self, wrong):
        assert len(replace(GOOD, **wrong).problems()) == 1

    def test_of_flights_without_a_key(self):
        assert any("key" in problem for problem in replace(GOOD, without_key=1).problems())

    @pytest.mark.parametrize(("there", "refused"), [(0, 0), (GOOD.flights, 0), (GOOD.flights + 1, 1)])
    def test_that_would_leave_fewer_flights_than_there_are(self, there, refused):
        assert len(fewer(there, GOOD, "elt")) == refused


class FakeServer:
    """Remembers what it is asked, and the schema in which tables are made then."""

    def __init__(self, monkeypatch):
        self.asked = []
        monkeypatch.setattr(postgres, "libpq", lambda _: {})
        monkeypatch.setattr(postgres.psycopg, "connect", lambda: self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def cursor(self):
        return self

    def execute(self, statement, _=None):
        self.asked.append(statement if isinstance(statement, str) else statement.as_string())
        return self

    def executemany(self, statement, _):
        self.execute(statement)

    def fetchone(self):
        return (None,)

    def path_before(self, begin):
        """The schemas that names were looked for in when a statement came."""
        place = next(i for i, statement in enumerate(self.asked) if begin in statement)
        return [statement for statement in self.asked[:place] if "search_path" in statement][-1].split(" TO ")[1]


class TestStar:
    statements = postgres._STAR.read_text()
    latest = '"timestamp" DESC, "partition" DESC, "offset" DESC'

    def test_readers_get_no_table_in_which_flights_of_all_origins_are_but_the_one_with_row_rules(self):
        tables = re.findall(r"CREATE (?:UNLOGGED )?TABLE IF NOT EXISTS (\w+)", self.statements)
        assert set(tables) == {"dim_carrier", "dim_airport", "dim_date", "fact_flight", "positions", "loads"}

    def test_what_comes_in_is_in_a_schema_of_its_own(self, monkeypatch):
        server = FakeServer(monkeypatch)
        Star("etl", {}).prepare([], [])
        assert server.path_before("TABLE IF NOT EXISTS fact_flight") == '"etl", "etl_intake"'
        for table in ("staged_flight", "staged_rejected", "rejected"):
            assert server.path_before(f"TABLE IF NOT EXISTS {table} ") == '"etl_intake", "etl"'

    def test_what_was_where_readers_see_it_leaves_there(self, monkeypatch):
        server = FakeServer(monkeypatch)
        Star("etl", {}).prepare([], [])
        made = server.asked.index('CREATE SCHEMA IF NOT EXISTS "etl_intake"')
        assert server.asked[made + 1 : made + 3] == [
            'DROP TABLE IF EXISTS "etl".staged_flight, "etl".staged_rejected',
            'ALTER TABLE IF EXISTS "etl".rejected SET SCHEMA "etl_intake"',
        ]

    def test_of_several_records_of_a_flight_the_one_that_came_last_holds_in_any_order_of_loads(self):
        assert postgres._LATEST.as_string().endswith(f'ORDER BY "time_hour", "carrier", "flight", {self.latest}')
        there, new = (", ".join(f'"{row}"."{name}"' for name in postgres.LATEST) for row in ("fact_flight", "excluded"))
        assert postgres._FACTS.as_string().endswith(f" WHERE ({there}) < ({new})")
        assert set(postgres.LATEST) <= set(FACTS)

    def columns_of(self, table):
        body = re.search(rf"TABLE IF NOT EXISTS {table} \((.*?)\n\);", self.statements, re.S).group(1)
        return re.findall(r'^  "?([a-z_]+)"? [a-z]', body, re.M)

    def test_has_every_column_that_is_written(self):
        assert self.columns_of("fact_flight") == list(FACTS)
        assert self.columns_of("dim_airport") == list(postgres.AIRPORT)
        assert set(vars(GOOD)) <= set(self.columns_of("loads"))

    def test_gives_back_the_columns_of_the_csv_file(self):
        made = r"wished text := 'SELECT (.*?)\s+FROM"
        view = re.search(made, self.statements, re.S).group(1)
        assert tuple(name.split(".")[1].strip() for name in view.split(",")) == COLUMNS


class FakeFrame:
    """Remembers the columns that it is asked for."""

    def __init__(self):
        self.columns = []

    def selectExpr(self, *columns):
        self.columns.append(columns)
        return self

    def where(self, _):
        return self

    def drop(self, _):
        return self


class TestElt:
    def test_takes_the_same_record_of_a_flight_as_the_star(self):
        frame = FakeFrame()
        elt.latest(frame, several=True)
        first, (_, place) = frame.columns
        assert {f"`{name}`" for name in postgres.LATEST} <= set(first)
        order = TestStar.latest.replace('"', "`")
        assert place == f"row_number() OVER (PARTITION BY time_hour, carrier, flight ORDER BY {order}) AS place"

    def test_keeps_when_kafka_took_a_record(self):
        frame = FakeFrame()
        documents.documents_of(frame, "id")
        assert "unix_millis(`timestamp`) AS `timestamp`" in frame.columns[0]
        assert "`timestamp` BIGINT" in documents._SCHEMA


class TestLake:
    publication = lake.Publication("abc", 3, None)

    def test_a_publication_survives_being_written(self):
        assert lake.parse(lake.render(self.publication)) == self.publication

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"folder": 1, "rows": 2, "before": 3, "more": 4}', "null"])
    def test_what_is_none_is_refused(self, text):
        with pytest.raises(ValueError, match=r"not a publication|Expecting"):
            lake.parse(text)


class JavaError(Exception):
    """In the place of py4j's, which only the image has."""


class SparkError(Exception):
    """In the place of pyspark's."""


class TestServer:
    def test_settings_survive_xml(self):
        text = serve.render_settings({"a": "<&>"})
        assert text == "<configuration><property><name>a</name><value>&lt;&amp;&gt;</value></property></configuration>\n"

    def test_lets_nobody_in_without_password_and_tls(self, tmp_path):
        settings = serve.settings(tmp_path, "secret")
        assert settings["hive.server2.authentication"] == "CUSTOM"
        assert settings["hive.server2.use.SSL"] == "true"
        assert settings["hive.server2.enable.doAs"] == "false"

    def test_puts_nothing_of_its_own_into_what_clients_set(self, tmp_path):
        settings = serve.settings(tmp_path, "secret")
        assert settings["hive.variable.substitute"] == "false"
        assert "hive.variable.substitute" in settings["hive.conf.restricted.list"].split(",")

    @pytest.mark.parametrize(
        ("name", "may"),
        [
            ("hive.server2.thrift.resultset.default.fetch.size", True),
            ("hive.metastore.uris", False),
            ("hive.variable.substitute", False),
            ("javax.jdo.option.ConnectionURL", False),
        ],
    )
    def test_takes_of_a_client_what_opens_no_metastore(self, name, may):
        assert bool(re.fullmatch(serve.CHANGEABLE, name)) == may

    @pytest.mark.parametrize("error", [JavaError, SparkError, ValueError])
    def test_outlives_a_lake_that_cannot_be_read(self, monkeypatch, tmp_path, capsys, error):
        monkeypatch.setitem(sys.modules, "py4j.protocol", SimpleNamespace(Py4JJavaError=JavaError))
        monkeypatch.setitem(sys.modules, "pyspark.errors", SimpleNamespace(PySparkException=SparkError))
        monkeypatch.setattr(serve, "ALIVE", tmp_path / "alive")

        def refresh(*_):
            raise error("o1.globStatus.\n: java.net.ConnectException: refused\n\tat java.base/java.net.Socket")

        monkeypatch.setattr(serve, "refresh", refresh)
        serve.follow(None, {})
        assert json.loads(capsys.readouterr().err)["reason"].endswith("ConnectException: refused")
        assert not serve.ALIVE.exists(), "who does not follow the lake must not count as alive"
        monkeypatch.setattr(serve, "refresh", lambda *_: None)
        serve.follow(None, {})
        assert serve.ALIVE.exists()

    def test_names_cannot_leave_their_quotes(self):
        assert serve.view_of("a`b", "s3a://x/`") == "CREATE OR REPLACE VIEW lake.`a``b` AS SELECT * FROM parquet.`s3a://x/```"


def test_publications_are_plain_json():
    assert json.loads(lake.render(TestLake.publication)) == {"folder": "abc", "rows": 3, "before": None}
