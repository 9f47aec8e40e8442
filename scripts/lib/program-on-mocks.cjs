// Loads the packages that the dev stack uses and, with the argument "program", runs the stack's program on mocks: says how many
// resources it registers, or why it refuses to. The folder of the repository is the working directory.
const pulumi = require("@pulumi/pulumi");
require("@pulumi/kubernetes");
require("@pulumi/random");
require("@pulumi/tls");

async function runProgram(settings) {
  const root = process.cwd();
  const made = { result: "x", privateKeyPem: "x", privateKeyPemPkcs8: "x", certPem: "x", certRequestPem: "x" };
  let count = 0;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        count += 1;
        return { id: name, state: { ...made, ...inputs } };
      },
      call: ({ token }) => Promise.reject(new Error(`no answer for ${token}`)),
    },
    "platform",
    "dev",
    true,
  );
  pulumi.runtime.setAllConfig(JSON.parse(settings));
  await pulumi.runtime.runInPulumiStack(require(`${root}/stacks/main.cjs`));
  await pulumi.runtime.disconnect();
  console.log(`${count} resources`);
}

/** What the program says to people has no stack, as with Pulumi itself. */
function refused(error) {
  const forPeople = pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error);
  console.error(forPeople ? error.message : error);
  process.exit(1);
}

if (process.argv[2] === "program") {
  process.on("unhandledRejection", refused);
  runProgram(process.argv[3]).catch(refused);
}
