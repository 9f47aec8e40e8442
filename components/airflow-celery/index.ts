export * from "./airflow-celery";
