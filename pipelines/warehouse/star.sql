-- Run before every load, in the schema of the way (etl or elt); safe to run again.
CREATE TABLE IF NOT EXISTS dim_carrier (
  carrier text PRIMARY KEY,
  -- Null: no airline of that code is known.
  name text
);

CREATE TABLE IF NOT EXISTS dim_airport (
  airport text PRIMARY KEY,
  -- Null, as all that follows: no airport of that code is known.
  name text,
  latitude double precision,
  longitude double precision,
  altitude integer,
  utc_offset integer,
  dst text,
  time_zone text
);

CREATE TABLE IF NOT EXISTS dim_date (
  date_key integer PRIMARY KEY,
  date date NOT NULL UNIQUE,
  year smallint NOT NULL,
  quarter smallint NOT NULL,
  month smallint NOT NULL,
  day smallint NOT NULL,
  week smallint NOT NULL,
  weekday smallint NOT NULL,
  weekend boolean NOT NULL
);

-- One row a flight: what it was, and which record of the topic says so.
CREATE TABLE IF NOT EXISTS fact_flight (
  time_hour timestamptz NOT NULL,
  carrier text NOT NULL REFERENCES dim_carrier,
  flight smallint NOT NULL,
  date_key integer NOT NULL REFERENCES dim_date,
  origin text NOT NULL REFERENCES dim_airport,
  dest text NOT NULL REFERENCES dim_airport,
  tailnum text,
  dep_time smallint,
  sched_dep_time smallint NOT NULL,
  dep_delay smallint,
  arr_time smallint,
  sched_arr_time smallint NOT NULL,
  arr_delay smallint,
  air_time smallint,
  distance smallint NOT NULL,
  hour smallint NOT NULL,
  minute smallint NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  PRIMARY KEY (time_hour, carrier, flight)
);
CREATE INDEX IF NOT EXISTS fact_flight_date ON fact_flight (date_key);

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

-- How far the rows above have read the topic: written in the transaction that writes the rows.
CREATE TABLE IF NOT EXISTS positions (
  topic_id text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic_id, partition)
);

-- What each load found.
CREATE TABLE IF NOT EXISTS loads (
  load_id uuid PRIMARY KEY,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  topic_id text NOT NULL,
  records bigint NOT NULL,
  flights bigint NOT NULL,
  rejected bigint NOT NULL,
  duplicates bigint NOT NULL,
  without_key bigint NOT NULL,
  unknown_carriers bigint NOT NULL,
  unknown_airports bigint NOT NULL
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

-- The flights as the CSV file has them, for counts and checksums. Row rules hold for whoever asks.
CREATE OR REPLACE VIEW flights WITH (security_invoker = true) AS
SELECT d.year, d.month, d.day, f.dep_time, f.sched_dep_time, f.dep_delay, f.arr_time, f.sched_arr_time, f.arr_delay, f.carrier,
  f.flight, f.tailnum, f.origin, f.dest, f.air_time, f.distance, f.hour, f.minute, f.time_hour
FROM fact_flight f JOIN dim_date d USING (date_key);
