import { parseMilliseconds } from "../../environment/quantities";
import { checkTargets } from "../credentials";
import { Problems } from "../problems";
import { ADMIN } from "./identities";
import type { ObjectStoreSpec } from "./object-store";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, without dots, which break TLS wildcards. */
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** All that is wrong with a store's arguments. */
export function checkStore(name: string, spec: ObjectStoreSpec): string[] {
  const problems = new Problems(`ObjectStore "${name}"`);
  problems.name("name", name, 40);
  problems.size("storage.size", spec.storage.size);
  problems.resources("resources", spec.resources);
  for (const [bucket, { expiry = "forever" }] of Object.entries(spec.buckets)) {
    if (!BUCKET.test(bucket)) {
      problems.add(`buckets.${bucket}`, 'has a name that S3 refuses. Use 3 to 63 lower-case letters, digits and "-".');
    }
    if (expiry !== "forever" && parseMilliseconds(expiry) === undefined) {
      problems.add(
        `buckets.${bucket}.expiry`,
        `is ${JSON.stringify(expiry)}. Use a duration such as "30d", or "forever".`,
      );
    }
  }
  for (const [user, { access, credentialsIn = [] }] of Object.entries(spec.users)) {
    const field = `users.${user}`;
    problems.name(field, user);
    if (user === ADMIN) problems.add(field, "is the name of the one that makes the buckets. Use another name.");
    for (const bucket of Object.keys(access).filter((each) => !(each in spec.buckets))) {
      const known = Object.keys(spec.buckets).join(", ") || "none";
      problems.add(`${field}.access`, `names "${bucket}", which is no bucket here. Use one of: ${known}.`);
    }
    checkTargets(problems, `${field}.credentialsIn`, credentialsIn);
  }
  return problems.found;
}
