/**
 * Debian packages that the tests of a running platform take beside those of the platform: a browser, the helper of its sandbox for
 * kernels that give unprivileged users no namespaces, what writes its list of authorities, and psql.
 */
export const TEST_PACKAGES = ["chromium", "chromium-sandbox", "libnss3-tools", "postgresql-client"] as const;
