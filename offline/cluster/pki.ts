import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { run } from "../../scripts/lib/run";
import { componentKubeconfig, encryptionConfig, kubeadmConfig, pkiDir } from "./configs";
import type { Instance } from "./instance";
import type { ClusterTools } from "./tools";
import { writeSecret } from "./write";

/** Makes certificates, the kubeconfigs of the components and the encryption key, where they are not there yet. */
export async function ensurePki(instance: Instance, tools: ClusterTools, kubernetesVersion: string): Promise<void> {
  const encryption = join(instance.dataDir, "encryption.yaml");
  if (!existsSync(encryption)) writeSecret(encryption, encryptionConfig(randomBytes(32).toString("base64")));

  const config = join(instance.dataDir, "kubeadm.yaml");
  const complete = join(instance.dataDir, "kubeconfig", ".complete");
  if (existsSync(complete)) return;
  writeFileSync(config, kubeadmConfig(instance, kubernetesVersion));
  const kubeconfigDir = dirname(componentKubeconfig(instance, "kubelet"));
  rmSync(kubeconfigDir, { recursive: true, force: true });
  mkdirSync(kubeconfigDir, { recursive: true, mode: 0o700 });
  await run(tools.kubeadm, ["init", "phase", "certs", "all", "--config", config]);
  for (const phase of ["super-admin", "kubelet", "controller-manager", "scheduler"])
    await run(tools.kubeadm, [
      "init",
      "phase",
      "kubeconfig",
      phase,
      "--config",
      config,
      "--kubeconfig-dir",
      kubeconfigDir,
    ]);
  const kubeProxy = await run(tools.kubeadm, [
    "kubeconfig",
    "user",
    "--client-name",
    "system:kube-proxy",
    "--config",
    config,
  ]);
  writeSecret(componentKubeconfig(instance, "kube-proxy"), kubeProxy);
  writeFileSync(complete, "");
  mkdirSync(pkiDir(instance), { recursive: true });
}

/** Writes the kubeconfig for users, with one context: full rights, by the forwarded port. */
export function writeKubeconfig(instance: Instance, context: string): void {
  const made = parse(readFileSync(componentKubeconfig(instance, "super-admin"), "utf8"));
  const cluster = { ...made.clusters[0].cluster, server: `https://127.0.0.1:${instance.apiPort}` };
  const content = stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user: made.users[0].user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  });
  writeSecret(instance.kubeconfig, content);
}
