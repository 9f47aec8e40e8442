/** An address as it may be shown: without a login and without parameters. */
export const shownUrl = (url: string): string => url.replace(/\?.*$/, "").replace(/\/\/[^/]*@/, "//");
