"""The metadata database without Airflow, which takes seconds of CPU to import."""

import os
from contextlib import AbstractContextManager, closing

import psycopg2
from psycopg2.extensions import connection


def connect() -> AbstractContextManager[connection]:
    address = os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("postgresql+psycopg2://", "postgresql://", 1)
    return closing(psycopg2.connect(address, connect_timeout=5))
