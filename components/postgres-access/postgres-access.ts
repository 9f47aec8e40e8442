import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "../labels";
import { openHash, physicalName } from "../names";
import { Problems, refuse } from "../problems";
import { runOnce } from "../run-once";
import { setupJob } from "../setup-job";
import { secretVolume } from "../stateful-set";
import { TYPES } from "../types";
import { ownerStatements, QUOTE, type ReaderRules, readerStatements } from "./statements";

/** A role that reads a database, and its login. */
export interface PostgresReader extends Partial<Pick<ReaderRules, "rows" | "statementTimeoutMs">> {
  /** Secret in the namespace with the role's `host`, `port`, `username`, `password` and `ca.crt`. */
  readonly secret: string;
  readonly schemas: readonly string[];
}

export interface PostgresAccessArgs {
  /** Namespace of the Job. */
  readonly namespace: pulumi.Input<string>;
  /** Image with `psql`. */
  readonly image: pulumi.Input<string>;
  /** Plain. */
  readonly database: string;
  /** Secret in the namespace with the owner's `host`, `port`, `username`, `password` and `ca.crt`. */
  readonly ownerSecret: string;
  /** Roles by name, which log in already. Plain. */
  readonly readers: Readonly<Record<string, PostgresReader>>;
  /** Roles whose rights are the owner's own business; nobody else keeps any. @default none */
  readonly others?: readonly string[];
  /** What must be there first: the database with its roles. @default nothing */
  readonly after?: readonly pulumi.Resource[];
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

/** Name of the workload in the environment. */
const WORKLOAD = "postgres-access";
const STATEMENTS = "/etc/access/statements";
const LOGINS = "/etc/access/logins";
/** uid of the user in images/backup. */
const USER = 1000;

/** Each file of statements, as who it is named for. Nothing of a login is in the command line. */
const SCRIPT = `set -eu
for file in owner $READERS; do
  login=${LOGINS}/$file
  export PGHOST="$(cat $login/host)" PGPORT="$(cat $login/port)" PGUSER="$(cat $login/username)" PGPASSWORD="$(cat $login/password)"
  export PGSSLMODE=verify-full PGSSLROOTCERT=$login/ca.crt
  if ! psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction --output /dev/null --file "${STATEMENTS}/$file.sql"; then
    echo "$file: not done. Where its password is refused, somebody has changed it: docs/bi.md says how the stack's is put back." >&2
    exit 1
  fi
  echo "$file: done"
done
`;

/** What readers of a database may see, and their limits: a Job that is run again whenever that changes. */
export class PostgresAccess extends pulumi.ComponentResource {
  readonly ready: k8s.batch.v1.Job;

  constructor(name: string, args: PostgresAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.postgresAccess, name, {}, opts);
    refuse(checkAccess(name, args), this);
    const { namespace, database, after = [] } = args;
    const labels = objectLabels(args.labels ?? {}, { name: WORKLOAD, instance: WORKLOAD }, "setup");
    const rules = Object.fromEntries(
      Object.entries(args.readers).map(([role, reader]) => [role, { rows: {}, ...reader }]),
    );
    const data = {
      "owner.sql": ownerStatements(rules, args.others ?? []),
      ...Object.fromEntries(
        Object.entries(rules).map(([role, reader]) => [`${role}.sql`, readerStatements(role, database, reader)]),
      ),
    };
    const statements = new k8s.core.v1.ConfigMap(
      `${name}-statements`,
      { metadata: { name, namespace, labels }, data },
      { parent: this },
    );
    const logins = { owner: args.ownerSecret, ...mapSecrets(args.readers) };
    const jobName = openHash([data, SCRIPT, args.image], 8).apply((hash) => physicalName("job", name, hash));
    const job = setupJob(
      { namespace, image: args.image, labels, jobName },
      {
        user: USER,
        container: {
          command: ["sh", "-c", SCRIPT],
          env: [
            { name: "PGDATABASE", value: database },
            { name: "READERS", value: Object.keys(args.readers).join(" ") },
          ],
        },
        memory: "64Mi",
        files: {
          [STATEMENTS]: { name: "statements", configMap: { name: statements.metadata.name } },
          ...Object.fromEntries(
            Object.entries(logins).map(([who, secret]) => [
              `${LOGINS}/${who}`,
              secretVolume(`login-${who.replaceAll("_", "-")}`, secret),
            ]),
          ),
        },
      },
    );
    this.ready = runOnce(`${name}-job`, job, { parent: this, dependsOn: [...after, statements] });
    this.registerOutputs({});
  }
}

const mapSecrets = (readers: PostgresAccessArgs["readers"]) =>
  Object.fromEntries(Object.entries(readers).map(([role, { secret }]) => [role, secret]));

function checkAccess(name: string, { readers }: PostgresAccessArgs): string[] {
  const problems = new Problems(`PostgresAccess "${name}"`);
  for (const [role, { rows = {} }] of Object.entries(readers))
    for (const [table, condition] of Object.entries(rows))
      if (condition.includes(QUOTE))
        problems.add(`readers.${role}.rows["${table}"]`, `holds ${QUOTE}. Write it without.`);
  return problems.found;
}
