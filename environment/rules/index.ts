import { addressesInside, separateNetworks, uniqueAddresses } from "./addresses";
import { airflowConnections, defaultQueue, scaling, usedBuckets } from "./applications";
import { nodeGroupSizes, uniqueZones, vpcSize, zonesOfRegion } from "./aws";
import { distinctHosts, knownParties, shortDomain, switchedOff } from "./connections";
import {
  compactedByKey,
  distinctTopics,
  engineControllers,
  grantedTopics,
  oddVoters,
  replication,
  reservedUsers,
  retentionOverSegment,
  separateGroups,
  topicOwners,
  usableUsers,
} from "./kafka";
import { controlMemory, enoughNodes, knownHosts, oddControlNodes, spreadNodes, uniqueVmIds } from "./nodes";
import { grantedRoles, knownGroups, redirectsPresent, reservedInRealm, safeRedirects, uniqueEmails } from "./realm";
import type { Rule } from "./rule";
import { cpuLimits, layers } from "./stack";
import {
  backupBucket,
  bucketLengths,
  enoughConnections,
  oddMembers,
  reservedDatabases,
  uniqueOwners,
  valkeyMemory,
} from "./stores";

/** Everything that is checked across several values. */
export const RULES: readonly Rule[] = [
  layers,
  switchedOff,
  knownParties,
  distinctHosts,
  shortDomain,
  uniqueAddresses,
  addressesInside,
  separateNetworks,
  oddControlNodes,
  enoughNodes,
  controlMemory,
  uniqueVmIds,
  knownHosts,
  spreadNodes,
  zonesOfRegion,
  uniqueZones,
  vpcSize,
  nodeGroupSizes,
  oddVoters,
  engineControllers,
  replication,
  retentionOverSegment,
  compactedByKey,
  distinctTopics,
  topicOwners,
  grantedTopics,
  usableUsers,
  separateGroups,
  reservedUsers,
  reservedDatabases,
  uniqueOwners,
  enoughConnections,
  oddMembers,
  bucketLengths,
  backupBucket,
  valkeyMemory,
  reservedInRealm,
  redirectsPresent,
  safeRedirects,
  grantedRoles,
  knownGroups,
  uniqueEmails,
  usedBuckets,
  airflowConnections,
  defaultQueue,
  scaling,
  cpuLimits,
];
