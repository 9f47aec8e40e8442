"""Flights by Spark: from Kafka to a star schema in PostgreSQL, and by way of MongoDB to tables in the lake that SQL reads."""
