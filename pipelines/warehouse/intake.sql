-- Run after star.sql, in a schema that no reader is let into (etl_intake or elt_intake): records and flights of all origins, which
-- row rules on fact_flight do not hold back.

-- Records that no flight can be read from.
CREATE TABLE IF NOT EXISTS rejected (
  topic_id text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  reason text NOT NULL,
  key bytea,
  value bytea,
  PRIMARY KEY (topic_id, partition, "offset")
);

-- Where executors write before the one transaction; a load that died leaves rows that nobody reads and the next one deletes.
CREATE UNLOGGED TABLE IF NOT EXISTS staged_flight (
  load_id uuid NOT NULL,
  staged_at timestamptz NOT NULL DEFAULT now(),
  LIKE fact_flight
);
CREATE INDEX IF NOT EXISTS staged_flight_load ON staged_flight (load_id);
CREATE UNLOGGED TABLE IF NOT EXISTS staged_rejected (
  load_id uuid NOT NULL,
  staged_at timestamptz NOT NULL DEFAULT now(),
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  reason text NOT NULL,
  key bytea,
  value bytea
);
