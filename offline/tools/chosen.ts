import versions from "../../versions.json";
import { type Choice, decide, decided, type Mode, readChoice, writeChoice } from "./choice";
import { downloadCli, observe } from "./official";

/** The recorded choice of a Pulumi, or a new one where none was made yet or another is asked for. */
export async function chosenPulumi(asked?: Mode): Promise<Choice> {
  const recorded = readChoice();
  if (recorded !== undefined && (asked === undefined || asked === recorded.mode)) return recorded;
  const observed = await observe();
  const choice = asked === undefined ? decide(observed, versions.pulumi) : decided(asked, observed, versions.pulumi);
  const complete =
    choice.mode === "official" && choice.cli === undefined ? { ...choice, cli: await downloadCli() } : choice;
  writeChoice(complete);
  return complete;
}
