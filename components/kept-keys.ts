import * as pulumi from "@pulumi/pulumi";
import { makePassword } from "./passwords";
import { TYPES } from "./types";

export interface KeptKeysArgs {
  /** Login names of people whom Keycloak lets in by a first password. Plain. */
  readonly people: readonly string[];
}

/**
 * Keys without which nobody gets at what a service has left in its database. They are there whether the service is switched on or not,
 * as its database is: one that is switched off and on again finds all that it had.
 */
export class KeptKeys extends pulumi.ComponentResource {
  /** `encryptionKey` of `AirflowCelery`. */
  readonly airflow: pulumi.Output<string>;
  /** `adminPassword` of `FerretDocumentStore`. */
  readonly documents: pulumi.Output<string>;
  /** `keys` of `KeycloakRealm`. */
  readonly keycloak: {
    readonly setup: pulumi.Output<string>;
    readonly people: Readonly<Record<string, pulumi.Output<string>>>;
  };

  constructor(name: string, { people }: KeptKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.keptKeys, name, {}, opts);
    // In states of before, each belongs to its service.
    const of = (service: string, type: string): pulumi.CustomResourceOptions => ({
      parent: this,
      aliases: [{ parent: pulumi.createUrn(service, type) }],
    });
    const ofKeycloak = of("keycloak", TYPES.keycloakRealm);
    this.airflow = makePassword("airflow-fernet", "password", of("airflow", TYPES.airflowCelery));
    this.documents = makePassword("mongodb-admin", "password", of("mongodb", TYPES.ferretDocumentStore));
    this.keycloak = {
      setup: makePassword("keycloak-realm-setup", "key", ofKeycloak),
      people: Object.fromEntries(
        people.map((person) => [person, makePassword(`keycloak-${person}`, "password", ofKeycloak)]),
      ),
    };
    this.registerOutputs();
  }
}
