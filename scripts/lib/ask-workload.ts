import type { Kubectl } from "./kubectl";

/** Seconds to wait for a pod that has just begun; kubectl's own default is a minute. */
const POD_SECONDS = 30;

/**
 * What a program in the container `airflow` of a Deployment says. Throws where no pod of it runs, as where somebody has scaled it to
 * nothing, and says what to do.
 */
export function askWorkload(
  kubectl: Kubectl,
  { namespace, deployment }: { readonly namespace: string; readonly deployment: string },
  program: readonly string[],
): Promise<string> {
  const where = ["--namespace", namespace, `deployment/${deployment}`, "--container", "airflow"];
  return kubectl(["exec", `--pod-running-timeout=${POD_SECONDS}s`, ...where, "--", ...program]).catch((error) => {
    if (!/timed out waiting for the condition/.test(error.message)) throw error;
    throw new Error(
      `${deployment} has no pod that runs. Why: kubectl get pods --namespace ${namespace}. ` +
        "If it was changed by hand, as to no replicas: scripts/up --force puts it back.",
    );
  });
}
