import assert from "node:assert/strict";
import { ObjectStore, type ObjectStoreArgs } from "../../components/object-store";
import { actionsOf } from "../../components/object-store/identities";
import { securityToml, setupWish, statefulSetArgs, volumeSizeLimit } from "../../components/object-store/manifests";
import { TYPES } from "../../components/types";
import { assertField, assertNothingLeaks, assertWellFormed, recordComponent, refusals, secretData } from "./recorded";

const ARGS: ObjectStoreArgs = {
  namespace: "platform-data",
  image: "localhost/platform/seaweedfs:4.48-0123456789ab",
  setup: { image: "localhost/platform/kafka:4.3.1-0123456789ab", user: 1000 },
  storage: { size: "10Gi" },
  buckets: { logs: { expiry: "30d" }, dags: { versioning: true } },
  users: {
    worker: {
      access: { logs: "write", dags: "read" },
      credentialsIn: [{ namespace: "platform-airflow", secretName: "worker-s3" }],
    },
  },
};
const SECRET = "kubernetes:core/v1:Secret";
const build = (args: Partial<ObjectStoreArgs> = {}) =>
  recordComponent((opts) => new ObjectStore("store", { ...ARGS, ...args }, opts));

describe("ObjectStore", () => {
  it("is one tree on the given providers, and keeps its keys secret", async () => {
    const recorded = await build();
    assertWellFormed(recorded, TYPES.objectStore, "store");
    assertNothingLeaks(recorded);
  });

  it("hands an application all it needs in one Secret of its namespace", async () => {
    assert.deepEqual(secretData((await build()).find(SECRET, "-for-worker-s3")), {
      endpoint: "https://store.platform-data.svc:8333",
      region: "us-east-1",
      accessKey: "worker",
      secretKey: "password of store-worker-key",
      "ca.crt": "certificate store-ca\n",
    });
  });

  it("knows an identity for each application, one that makes buckets, and none for anybody else", async () => {
    const files = secretData((await build()).find(SECRET, "store-config"));
    const { identities } = JSON.parse(files["identities.json"] ?? "") as {
      identities: { name: string; credentials: { accessKey: string; secretKey: string }[]; actions: string[] }[];
    };
    assert.deepEqual(
      identities.map(({ name, actions }) => [name, actions.every((action) => action.includes(":"))]),
      [
        ["admin", false],
        ["worker", true],
      ],
    );
    for (const { credentials } of identities) assert.match(credentials[0]?.secretKey ?? "", /^password of /);
  });

  it("makes buckets after the store, by a Job of another name for another wish", async () => {
    const jobOf = async (args: Partial<ObjectStoreArgs>) =>
      (await build(args)).find("kubernetes:batch/v1:Job", "-setup");
    const nameOf = ({ inputs }: { inputs: Record<string, unknown> }) => (inputs["metadata"] as { name: string }).name;
    const job = await jobOf({});
    assert.ok(job.dependsOn.some((urn) => urn.endsWith("::store-store")));
    assert.equal(nameOf(job), nameOf(await jobOf({})));
    assert.notEqual(nameOf(job), nameOf(await jobOf({ buckets: { ...ARGS.buckets, more: {} } })));
  });

  it("lets nothing but S3 be reached from outside the pod", () => {
    const { spec } = statefulSetArgs("store", {
      ...ARGS,
      resources: { cpu: "1", memory: "1Gi" },
      labels: {},
      configSecret: "config",
      tlsSecret: "tls",
      checksum: "0",
      keepVolumes: false,
    });
    const [container] = spec.template.spec.containers;
    const command = container?.command as string[];
    assert.ok(command.includes("-ip.bind=127.0.0.1"));
    assert.deepEqual(
      command.filter((option) => option.includes("0.0.0.0")),
      ["-s3.ip.bind=0.0.0.0"],
    );
    for (const part of ["s3", "client", "filer", "master", "volume"])
      assert.ok(securityToml().includes(`[grpc.${part}]`), part);
  });

  const wrong: [string, Partial<ObjectStoreArgs>][] = [
    ["storage.size", { storage: { size: "10" } }],
    ["resources.memory", { resources: { cpu: "1", memory: "1" } }],
    ["buckets.No_Bucket", { buckets: { ...ARGS.buckets, No_Bucket: {} } }],
    ["buckets.logs.expiry", { buckets: { ...ARGS.buckets, logs: { expiry: "a month" } } }],
    ["users.Worker", { users: { Worker: { access: {} } } }],
    ["users.admin", { users: { admin: { access: {} } } }],
    ["users.worker.access", { users: { worker: { access: { nothing: "read" } } } }],
    [
      "users.worker.credentialsIn.secretName",
      { users: { worker: { access: {}, credentialsIn: [{ namespace: "a", secretName: "A" }] } } },
    ],
  ];
  for (const [field, args] of wrong) {
    it(`refuses a wrong ${field}`, async () => {
      assertField(await refusals((opts) => new ObjectStore("store", { ...ARGS, ...args }, opts)), field);
    });
  }
});

describe("actions of an application on its buckets", () => {
  it("end at each bucket's name", () => {
    assert.deepEqual(actionsOf({ logs: "write", dags: "read" }), [
      ...["Read:logs", "List:logs", "Write:logs", "Tagging:logs"],
      ...["Read:dags", "List:dags"],
    ]);
    assert.deepEqual(actionsOf({}), []);
  });
});

describe("wish for buckets", () => {
  it("counts expiry in whole days, rounded up", () => {
    const { buckets } = setupWish({ a: { expiry: "36h" }, b: {}, c: { expiry: "7d", versioning: true } });
    assert.deepEqual(buckets, {
      a: { versioning: false, expiryDays: 2 },
      b: { versioning: false, expiryDays: null },
      c: { versioning: true, expiryDays: 7 },
    });
  });
});

describe("size of a SeaweedFS volume", () => {
  for (const [storage, size] of [
    ["1Gi", 64],
    ["10Gi", 102],
    ["500Gi", 5120],
    ["100Ti", 30_000],
  ] as const)
    it(`is ${size} MiB on ${storage}`, () => assert.equal(volumeSizeLimit(storage), size));
});
