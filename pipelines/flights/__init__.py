"""Flights from a CSV file, through Kafka, into PostgreSQL: exactly once in effect."""
