import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Where `scripts/images build` says which reference each image has. */
const FILE = join(".platform", "images.json");

/** The reference of an image by its name in images/. */
export type Images = (name: string) => string;

/** Images as `scripts/images build` left them on this machine. Throws, naming the command, where one was not built. */
export function builtImages(root: string): Images {
  const references = read(join(root, FILE));
  return (name) => {
    const reference = references[name];
    if (reference === undefined)
      throw new pulumi.RunError(`The image "${name}" is not in ${FILE}. Run \`make build\`, then \`make publish\`.`);
    return reference;
  };
}

function read(file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new pulumi.RunError(`${file} cannot be read (${(error as Error).message}). Run \`make build\`.`);
  }
}
