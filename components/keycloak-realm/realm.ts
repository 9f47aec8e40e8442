import type { CredentialsTarget } from "../credentials";

/** Something that lets people or programs log in. */
export interface RealmClient {
  /**
   * `confidential`: a server that keeps a secret. `public`: a browser or command-line program, by PKCE alone. `service`: a program
   * without a person. `resource`: a server that nobody logs in to, but whose callers bring tokens that are meant for it.
   */
  readonly kind: "confidential" | "public" | "service" | "resource";
  /** Where a person may be sent back to, exactly. @default none */
  readonly redirectUris?: readonly string[];
  /** Roles that the application knows. @default none */
  readonly roles?: readonly string[];
  /** Role of a service account in each other client, by client id. @default none */
  readonly grants?: Readonly<Record<string, string>>;
  /**
   * Secrets to make for whoever logs in by it, with the keys `issuer`, `authorization-endpoint`, `end-session-endpoint` (for
   * browsers), `token-endpoint`, `jwks-uri`, `userinfo-endpoint`, `ca.crt` (inside the cluster), `client-id` and, unless it is
   * public, `client-secret`. @default none
   */
  readonly credentialsIn?: readonly CredentialsTarget[];
}

/** People who may do the same. */
export interface RealmGroup {
  /** What its members are to do. */
  readonly why: string;
  /** Role in each client, by client id. @default none */
  readonly roles?: Readonly<Record<string, string>>;
}

/** A person. The first password is made by the component and has to be changed at the first login. */
export interface RealmPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** May not log in. @default false */
  readonly disabled?: boolean;
}

/**
 * Who may log in and do what. It is the whole truth: what the realm has beside it is taken away, but for people, who are
 * disabled and lose their groups.
 */
export interface Realm {
  /** Name of the realm. Changing it would leave the old one and cannot make a new one: see docs/login.md. */
  readonly name: string;
  /** By client id. @default none */
  readonly clients?: Readonly<Record<string, RealmClient>>;
  /** By name. @default none */
  readonly groups?: Readonly<Record<string, RealmGroup>>;
  /** By login name. @default none */
  readonly people?: Readonly<Record<string, RealmPerson>>;
}

/** Client by which the setup Job logs in, with every right in this one realm and none elsewhere. */
export const SETUP_CLIENT = "realm-setup";
/** Client that Keycloak makes in an empty database, for the setup Job's first run alone. */
export const BOOTSTRAP_CLIENT = "bootstrap";

/** Whether something logs in by a secret. */
export const hasSecret = ({ kind }: RealmClient): boolean => kind === "confidential" || kind === "service";
/** Whether people log in through it. */
export const isForPeople = ({ kind }: RealmClient): boolean => kind === "confidential" || kind === "public";
