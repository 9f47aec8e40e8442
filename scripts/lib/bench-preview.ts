/** One resource of `pulumi preview --json`, as a flat program needs it to register the same again. */
export interface FlatResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** URN of its provider; empty for providers. */
  readonly provider: string;
}

interface PreviewStep {
  readonly newState?: {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly inputs?: Record<string, unknown>;
    readonly provider?: string;
  };
}

/** The custom resources of a preview, providers first, without the stack and components: what a flat program registers. */
export function flatResources(steps: readonly PreviewStep[]): FlatResource[] {
  const all = steps.flatMap(({ newState }) => {
    if (newState?.custom !== true) return [];
    const { urn, type, inputs = {}, provider = "" } = newState;
    return [
      {
        urn,
        type,
        name: urn.split("::").pop() ?? urn,
        inputs,
        provider: provider.split("::").slice(0, -1).join("::"),
      },
    ];
  });
  const isProvider = ({ type }: FlatResource) => type.startsWith("pulumi:providers:");
  return [...all.filter(isProvider), ...all.filter((resource) => !isProvider(resource))];
}
