const rejected = new Set<unknown>();
process.on("unhandledRejection", (reason) => rejected.add(reason));

/** The rejections that nobody has handled since the last call. */
export async function takeRejections(): Promise<unknown[]> {
  await new Promise((done) => setImmediate(done));
  const taken = [...rejected];
  rejected.clear();
  return taken;
}
