"""Jobs of Spark as tasks."""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from airflow.sdk import Context

NAMESPACE = "platform-spark-jobs"
GROUP, VERSION = "sparkoperator.k8s.io", "v1beta2"


class SparkJobOperator(SparkKubernetesOperator):
    """Runs a job of the platform and follows its state and its driver's log. What runs, and how large, stands in the
    ScheduledSparkApplication of that name, which the platform keeps suspended for this."""

    def __init__(self, *, job: str, **kwargs: object) -> None:
        super().__init__(
            name=job,
            namespace=NAMESPACE,
            # By the account of the workers of this queue, and by no connection.
            queue="spark",
            in_cluster=True,
            kubernetes_conn_id=None,
            retries=2,
            retry_delay=timedelta(seconds=15),
            **kwargs,
        )
        self.job = job

    def execute(self, context: Context) -> object:
        cluster = KubernetesHook(conn_id=None, in_cluster=True)
        template = cluster.get_custom_object(GROUP, VERSION, "scheduledsparkapplications", self.job, NAMESPACE)
        self.template_spec = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "SparkApplication",
            "metadata": {"labels": template["metadata"]["labels"]},
            "spec": template["spec"]["template"],
        }
        return super().execute(context)

    def patch_already_checked(self, pod: object, *, reraise: bool = True) -> None:
        """Nothing: no pod that has failed is taken up again, and workers may not change pods."""
