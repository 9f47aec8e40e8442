// Entry of every scripts/NAME: loads scripts/commands/NAME.ts, whose `main(argv)` answers the exit code.
const os = require("node:os");
const path = require("node:path");
const { load } = require("./typescript.cjs");

const root = path.resolve(__dirname, "..", "..") + path.sep;

// A reader that has seen enough (`| head`) ends this program quietly, with the code that a shell shows for SIGPIPE.
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(141);
  console.error(`${name}: what it says cannot be written: ${error.message}`);
  process.exit(1);
});

const [name, ...argv] = process.argv.slice(2);
const run = async () => {
  // kubectl would keep its cache in the folder that it is called in.
  process.env.HOME ??= home();
  return load(path.join(__dirname, "..", "commands", `${name}.ts`)).main(argv);
};

run().then(
  (code) => {
    process.exitCode = code ?? 0;
  },
  (error) => {
    console.error(process.env.PLATFORM_DEBUG ? error : `${name}: ${error.message}${hint(error)}`);
    process.exitCode = 1;
  },
);

function home() {
  try {
    return os.homedir();
  } catch {
    throw new Error("HOME is not set, and this user has no home: set HOME to a folder that it may write to.");
  }
}

/** What to do where a file could not be written. What lies in the repository can lie nowhere else. */
function hint({ code, path: file }) {
  const elsewhere = file?.startsWith(root)
    ? ""
    : ", or, if it is the cache's, set PLATFORM_CACHE to a folder elsewhere";
  if (code === "ENOSPC") return `. The disk${file ? ` of ${file}` : ""} is full: make room there${elsewhere}.`;
  if (code === "EROFS") return `. The disk of ${file} is read-only: make it writable${elsewhere}.`;
  if (code !== "EACCES") return "";
  return `. ${file} cannot be written by this user: make it theirs${elsewhere}.`;
}
