import type { Secrets } from "./client-settings";

export interface Build {
  readonly reference: string;
  /** Folder with the Dockerfile and all that it copies. */
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  readonly log: string;
}

/** What builds images: Docker where its daemon answers, else buildah. */
export interface Engine {
  readonly name: "docker" | "buildah";
  /** Whether an image is there, so that nothing has to be built or fetched. Asks no registry. */
  has(reference: string): Promise<boolean>;
  /** Whether an image that `importBase` made is there. */
  hasBase(reference: string): Promise<boolean>;
  /** Makes the tar of a file system into an image to build on. */
  importBase(reference: string, tar: string, log: string): Promise<void>;
  build(build: Build): Promise<void>;
  /** Fetches an image from its registry. */
  pull(reference: string, log: string): Promise<void>;
  /** Path of an image's archive, in the format of `docker save`; made where it is missing. */
  archive(reference: string, log: string): Promise<string>;
  /** Pushes an image to a registry under another reference. */
  push(reference: string, target: string, log: string): Promise<void>;
  /** Takes away what builds left that were killed. Nobody else may be building. */
  tidy(): Promise<void>;
}
