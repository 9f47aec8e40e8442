/** The exports of a TypeScript module, given by its absolute path. Throws esbuild's message where the code does not parse. */
export function load(entry: string): unknown;
