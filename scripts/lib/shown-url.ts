/** The backend of Pulumi's CLI in an environment, for people. */
export const shownBackend = (env: NodeJS.ProcessEnv): string =>
  shownUrl(env["PULUMI_BACKEND_URL"] ?? "the backend of `pulumi login`");

/** An address as it may be shown: without a login and without parameters. */
export const shownUrl = (url: string): string => url.replace(/\?.*$/, "").replace(/\/\/[^/]*@/, "//");
