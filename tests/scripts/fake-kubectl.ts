import type { jobFrom } from "../../scripts/lib/template-run";

/** A kubectl whose one Job goes through `phases`; what it was asked and what it made is kept. */
export function fakeKubectl(template: string, phases: string[] = ["Succeeded"]) {
  const asked: string[][] = [];
  const jobs: ReturnType<typeof jobFrom>[] = [];
  const others: { readonly metadata: { readonly name: string; readonly ownerReferences?: readonly object[] } }[] = [];
  const kubectl = async (args: readonly string[], input = ""): Promise<string> => {
    asked.push([...args]);
    switch (`${args[0]} ${args[1]}`) {
      case "get podtemplate":
        return template;
      case "create --filename=-": {
        const made = JSON.parse(input);
        (made.kind === "Job" ? jobs : others).push(made);
        return `uid of ${made.metadata.name}`;
      }
      case "get pods":
        return JSON.stringify({
          items: [
            { status: { phase: phases.shift(), containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] } },
          ],
        });
      default:
        return "the log";
    }
  };
  return { kubectl, asked, jobs, others };
}
