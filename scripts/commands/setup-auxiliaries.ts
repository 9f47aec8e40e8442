import { PACKAGES as CLUSTER_PACKAGES } from "../../offline/cluster/packages";
import { PACKAGES as IMAGE_PACKAGES } from "../../offline/images/packages";
import { installCommand, installPackages, missingPackages } from "../../offline/tools/debian";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command } from "../lib/command-line";
import { Progress } from "../lib/progress";
import { TEST_PACKAGES } from "../lib/test-packages";

const HELP = `Usage: scripts/setup-auxiliaries [--tests]

Installs the Debian packages that are missing for the one-node cluster and for building images, after printing them.
Needs none of those where another Kubernetes is used (a given context, or kind), since Docker builds the images then.

  --tests   also those that only tests take, such as the browser
`;

export const main = command(
  { name: "setup-auxiliaries", help: HELP, options: { tests: "flag" } },
  async ({ tests }) => {
    const facts = await observeCluster();
    const { cluster, why } = chooseCluster(facts);
    const another = cluster === "context" || cluster === "kind";
    const platform = another ? [] : [...CLUSTER_PACKAGES, ...IMAGE_PACKAGES].map(({ name }) => name);
    const wanted = [...platform, ...(tests ? TEST_PACKAGES : [])];
    if (wanted.length === 0 || !facts.linux) {
      console.log(`setup-auxiliaries: no package is needed: Kubernetes is ${cluster} (${why}).`);
      return 0;
    }
    const missing = await missingPackages(wanted);
    if (missing.length === 0) {
      console.log("setup-auxiliaries: all packages are installed.");
      return 0;
    }
    if (!facts.root) {
      console.error(`setup-auxiliaries: installing packages needs root. Run: sudo ${installCommand(missing)}`);
      return 1;
    }
    console.log(`setup-auxiliaries: will run: ${installCommand(missing)}`);
    await new Progress("packages", 1).step(missing.join(" "), () => installPackages(missing));
    return 0;
  },
);
