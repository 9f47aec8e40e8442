-- Run by every loader at its start; safe to run again.
CREATE TABLE IF NOT EXISTS flights (
  year smallint NOT NULL,
  month smallint NOT NULL,
  day smallint NOT NULL,
  dep_time smallint,
  sched_dep_time smallint NOT NULL,
  dep_delay smallint,
  arr_time smallint,
  sched_arr_time smallint NOT NULL,
  arr_delay smallint,
  carrier text NOT NULL,
  flight smallint NOT NULL,
  tailnum text,
  origin text NOT NULL,
  dest text NOT NULL,
  air_time smallint,
  distance smallint NOT NULL,
  hour smallint NOT NULL,
  minute smallint NOT NULL,
  time_hour timestamptz NOT NULL,
  PRIMARY KEY (time_hour, carrier, flight)
);

-- How far the rows above have read Kafka: written in the transaction that writes the rows.
-- The topic's id is part of the key, so a topic that was deleted and made again is read from its start.
CREATE TABLE IF NOT EXISTS flights_positions (
  topic_id text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic_id, partition)
);
