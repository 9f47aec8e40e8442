export * from "./keycloak-realm";
export type { Realm, RealmClient, RealmGroup, RealmPerson } from "./realm";
export { realmWish } from "./wish";
