/** Code that does not parse; the message says where. */
export class CannotLoad extends Error {}
/** The exports of a TypeScript module, given by its absolute path. Throws `CannotLoad` where the code does not parse. */
export function load(entry: string): unknown;
