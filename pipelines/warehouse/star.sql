-- Run before every load, in the schema of the way (etl or elt), of which readers are let see all tables; safe to run again.
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

-- One row a flight: what it was, and which record of the topic says so. "timestamp" is Kafka's, of the record.
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
  "timestamp" timestamptz NOT NULL,
  PRIMARY KEY (time_hour, carrier, flight)
);
-- A table that is older than the column: any record is newer than those it has. Asked first, since ALTER TABLE waits for readers.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'fact_flight'::regclass AND attname = 'timestamp') THEN
    ALTER TABLE fact_flight ADD "timestamp" timestamptz NOT NULL DEFAULT 'epoch';
  END IF;
END $$;
CREATE INDEX IF NOT EXISTS fact_flight_date ON fact_flight (date_key);

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

-- The flights as the CSV file has them, for counts and checksums. Row rules hold for whoever asks. Made anew only where it is another,
-- since that waits for all who read it, and they for it; what it is stands in its comment.
DO $$
DECLARE
  wished text := 'SELECT d.year, d.month, d.day, f.dep_time, f.sched_dep_time, f.dep_delay, f.arr_time, f.sched_arr_time, f.arr_delay,
  f.carrier, f.flight, f.tailnum, f.origin, f.dest, f.air_time, f.distance, f.hour, f.minute, f.time_hour
FROM fact_flight f JOIN dim_date d USING (date_key)';
BEGIN
  IF obj_description(to_regclass('flights'), 'pg_class') IS DISTINCT FROM wished THEN
    EXECUTE 'CREATE OR REPLACE VIEW flights WITH (security_invoker = true) AS ' || wished;
    EXECUTE format('COMMENT ON VIEW flights IS %L', wished);
  END IF;
END $$;
