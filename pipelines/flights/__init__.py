"""Flights from a CSV file, through Kafka, into PostgreSQL and a document store: exactly once in effect."""
