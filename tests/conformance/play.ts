import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConformanceCase, Resource, Seen, Step, World } from "./case";
import type { Cluster } from "./cluster";
import { groupsOf } from "./groups";
import { judge } from "./judge";
import { newStack, type Program, type Result } from "./pulumi";

/** A case with its place in the cluster. */
export interface Performance {
  readonly test: ConformanceCase;
  readonly world: World;
  /** Why the case failed, step by step; empty if it held. */
  readonly failures: Error[];
  /** Steps that were played to their end. */
  steps: number;
}

/** How many groups run at once; each is one engine, one program and a plugin per provider. */
const AT_ONCE = 3;

/** Plays all cases, each in a namespace of its own, so that those that share a command do not disturb one another. */
export async function play(cases: readonly ConformanceCase[], cluster: Cluster): Promise<readonly Performance[]> {
  const run = randomBytes(3).toString("hex");
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  const performances = cases.map((test, index): Performance => {
    const world = { cluster, id: `c${index}-${run}`, namespace: `conformance-${run}-${index}` };
    return { test, world, failures: [], steps: 0 };
  });
  const waiting = groupsOf(performances).map((members, index) => async () => {
    try {
      await playGroup(members, join(folder, String(index)));
    } catch (error) {
      for (const member of members) member.failures.push(error as Error);
    }
  });
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return performances;
}

async function playGroup(members: readonly Performance[], folder: string): Promise<void> {
  const { cluster } = (members[0] as Performance).world;
  const stack = await newStack(folder);
  const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", name });
  await Promise.all(
    members.map(({ world }) =>
      cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: world.namespace } }),
    ),
  );
  const programs = new Map<Performance, readonly Resource[]>();
  try {
    for (const [index, { run, env }] of (members[0] as Performance).test.steps.entries()) {
      await eachOf(members, index, async (member, step) => {
        if (step.program) programs.set(member, step.program(member.world));
        await step.before?.(member.world);
      });
      stack.program(joined(programs, cluster));
      const result = await stack.run(run, env);
      await eachOf(members, index, async (member, step) => {
        member.steps += 1;
        await judge(step.expect, seenBy(member, result), member.world);
      });
    }
  } finally {
    const destroyed = await stack.run("destroy");
    for (const member of members) {
      const left = Object.values(seenBy(member, destroyed).resources).filter(({ error }) => error !== "");
      member.failures.push(...left.map(({ error }) => new Error(`pulumi destroy: ${error}`)));
    }
    await Promise.all(members.map(({ test, world }) => test.after?.(world)));
    await Promise.all(members.map(({ world }) => cluster.remove(namespace(world.namespace))));
  }
}

/** Does something for one step of every case, all at once; what goes wrong is kept with its case. */
async function eachOf(
  members: readonly Performance[],
  index: number,
  action: (member: Performance, step: Step) => Promise<void>,
): Promise<void> {
  await Promise.all(
    members.map(async (member) => {
      const step = member.test.steps[index];
      if (step === undefined) return;
      try {
        await action(member, step);
      } catch (thrown) {
        const error = thrown as Error;
        const place = `step ${index + 1} (${step.run}): `;
        error.stack = (error.stack ?? "").replace(error.message, place + error.message);
        error.message = place + error.message;
        member.failures.push(error);
      }
    }),
  );
}

/** One program out of those of all cases, names told apart by the case's id. */
function joined(programs: ReadonlyMap<Performance, readonly Resource[]>, cluster: Cluster): Program {
  const providers = new Map<string, Program["providers"][number]>();
  const resources = [...programs].flatMap(([{ test, world }, ownResources]) => {
    const args = { kubeconfig: { $secret: readFileSync(cluster.kubeconfig, "utf8") }, ...test.provider?.(world) };
    const key = JSON.stringify(args);
    const provider = providers.get(key) ?? { name: `provider-${providers.size}`, args };
    providers.set(key, provider);
    const full = (name: string) => `${world.id}-${name}`;
    return ownResources.map(({ name, manifest, options = {} }) => ({
      name: full(name),
      manifest,
      options: { ...options, ...(options.dependsOn ? { dependsOn: options.dependsOn.map(full) } : {}) },
      provider: provider.name,
    }));
  });
  return { providers: [...providers.values()], resources };
}

function seenBy({ world }: Performance, result: Result): Seen {
  const own = Object.entries(result.resources)
    .filter(([name]) => name.startsWith(`${world.id}-`))
    .map(([name, seen]) => [name.slice(world.id.length + 1), seen]);
  return { resources: Object.fromEntries(own), state: result.state };
}
