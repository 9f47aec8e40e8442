"""Airflow's dag-processor, which keeps to its interval after a callback too.

A callback runs in the release of its DAG run, and leaves an entry of that release among the statistics, without a time.
Upstream takes that one for the file's newest, and parses the file again and again
(https://github.com/apache/airflow/issues/73432).
"""

import sys

from airflow.__main__ import main
from airflow.cli.commands import dag_processor_command
from airflow.dag_processing.manager import DagFileInfo, DagFileProcessorManager


class Manager(DagFileProcessorManager):
    """Forgets what callbacks have left before it asks which files are due."""

    def prepare_file_queue(self, known_files: dict[str, set[DagFileInfo]]) -> None:
        for file in [file for file in self._file_stats if file.bundle_version]:
            del self._file_stats[file]
        super().prepare_file_queue(known_files)


if __name__ == "__main__":
    dag_processor_command.DagFileProcessorManager = Manager
    sys.argv = ["airflow", "dag-processor"]
    main()
