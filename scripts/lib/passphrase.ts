import { paths } from "./paths";
import { attempt } from "./run";

/** Throws where the user's own passphrase is not that of the stack, before anything is done with it. `env`: that of the CLI. */
export async function refuseWrongPassphrase(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const variable = ownPassphrase(env, paths.passphrase);
  if (variable === undefined) return;
  const decrypt = ["stack", "export", "--show-secrets", "--stack", stack];
  const { stderr } = await attempt("pulumi", decrypt, { env, cwd: paths.root });
  if (/incorrect passphrase/.test(stderr))
    throw new Error(
      `${variable} of this shell is not the passphrase of the stack "${stack}". If the stack was made without one of your own: ` +
        `unset ${variable}; else set the one that it was made with. Then run the same command again.`,
    );
}

/** The variable by which the CLI gets a passphrase of the user's own, not the one in `file`; undefined where there is none. */
export function ownPassphrase(env: NodeJS.ProcessEnv, file: string): string | undefined {
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined) return "PULUMI_CONFIG_PASSPHRASE";
  return [undefined, "", file].includes(env["PULUMI_CONFIG_PASSPHRASE_FILE"])
    ? undefined
    : "PULUMI_CONFIG_PASSPHRASE_FILE";
}
