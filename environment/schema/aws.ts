import { z } from "zod";
import { byteQuantity, dnsLabel, formatted, name, network } from "./values";

/** Nodes of one kind that grow and shrink together. Key: the group's name. */
const nodeGroup = z.strictObject({
  /** EC2 instance type. */
  instanceType: formatted("an EC2 instance type such as m7i.large", /^[a-z][a-z0-9-]*\.(\d+xlarge|[a-z]+(-\d+xl)?)$/),
  /** Nodes at least. */
  min: z.int().min(1).max(450),
  /** Nodes at most. */
  max: z.int().min(1).max(450),
  /** Disk of each node. */
  disk: byteQuantity,
});

/** What only an AWS target knows. */
export const awsShape = {
  /** Region. */
  region: formatted("an AWS region such as eu-central-1", /^[a-z]{2}(-[a-z]+)+-\d$/),
  /** Availability zones of the region. EKS and Multi-AZ databases want two or more. */
  availabilityZones: z
    .array(formatted("an availability zone such as eu-central-1a", /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/))
    .min(2)
    .max(6),
  /** Addresses. */
  network: z.strictObject({
    /** The VPC; nodes and pods take their addresses here. AWS allows /16 to /28. */
    vpc: network,
    /** Addresses of services. */
    services: network,
  }),
  /** Node groups by name. */
  nodeGroups: z.record(dnsLabel, nodeGroup),
  /** RDS instance class. */
  databaseClass: formatted("an RDS class such as db.m7g.large", /^db\.[a-z0-9]+\.[a-z0-9]+$/),
  /** ElastiCache node type. */
  cacheType: formatted("an ElastiCache node type such as cache.t4g.small", /^cache\.[a-z0-9]+\.[a-z0-9]+$/),
  /** Begins every bucket's name, since names are unique among all customers of S3. */
  bucketPrefix: name(
    "3 to 40 of a-z, 0-9 and hyphen, with a letter or digit at both ends",
    /^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/,
  ),
};
