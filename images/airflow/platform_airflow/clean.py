"""Takes away what Celery's result backend keeps: results past Celery's `result_expires`. The rest is `airflow db clean`'s."""

from airflow.providers.celery.executors.celery_executor import app

if __name__ == "__main__":
    app.backend.cleanup()
    print("results of Celery that have expired are gone")
