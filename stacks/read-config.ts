import * as pulumi from "@pulumi/pulumi";
import { isConfigSecret } from "@pulumi/pulumi/runtime/config";

const PREFIX = "platform:";

/** What `Pulumi.<stack>.yaml` says under `platform:`, parsed, without what is encrypted there. */
export function readStackConfig(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(PREFIX) && !isConfigSecret(key))
      .map(([key, text]) => [key.slice(PREFIX.length), parsed(text)]),
  );
}

/** Pulumi hands over lists and mappings as JSON, and everything else as text. */
function parsed(text: string): unknown {
  if (!/^([[{]|-?\d+(\.\d+)?$|true$|false$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
