export { type Door, PlatformDoors, type PlatformDoorsArgs } from "./platform-doors";
