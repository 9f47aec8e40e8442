import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks"; // not exported from runtime: the SDK is pinned
import { takeRejections } from "./rejections";

/** What a provider would answer beside the inputs; an output that is missing here is `undefined`. */
const answers: Record<string, (name: string) => object> = {
  "random:index/randomPassword:RandomPassword": (name) => ({ result: `password of ${name}` }),
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyPem: `key ${name}\n`,
    privateKeyPemPkcs8: `key ${name}\n`,
  }),
  "tls:index/selfSignedCert:SelfSignedCert": (name) => ({ certPem: `certificate ${name}\n` }),
  "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: `request ${name}\n` }),
  "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: `certificate ${name}\n` }),
};

const strictMocks: pulumi.runtime.Mocks = {
  newResource: ({ type, name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, ...answers[type]?.(name) } }),
  call: ({ token }) => Promise.reject({ details: `no answer for ${token}` }), // the SDK shows details, not message
};

const toRegistration = (request: RegisterResourceRequest) => ({
  type: request.getType(),
  name: request.getName(),
  parent: request.getParent(),
  provider: request.getProvider(),
  custom: request.getCustom(),
  protect: request.getProtect() === true,
  deleteBeforeReplace: request.getDeletebeforereplace(),
  retainOnDelete: request.getRetainondelete() === true,
  dependsOn: request.getDependenciesList(),
  ignoreChanges: request.getIgnorechangesList(),
  secretOutputs: request.getAdditionalsecretoutputsList(),
  aliases: request.getAliasesList().map((alias) => alias.toObject()),
  inputs: (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
});

/** One resource as the program registered it, with the options that mocks hide. */
export type Registration = ReturnType<typeof toRegistration>;

/** All that a program registers, in order. Throws what the program throws, also inside `apply`. */
export async function record(stack: string, program: () => unknown): Promise<Registration[]> {
  const registrations: Registration[] = [];
  const original = MockMonitor.prototype.registerResource;
  const traceLimit = Error.stackTraceLimit;
  MockMonitor.prototype.registerResource = function (request, callback) {
    registrations.push(toRegistration(request));
    return original.call(this, request, callback);
  };
  try {
    await pulumi.runtime.setMocks(strictMocks, "platform", stack, false);
    Error.stackTraceLimit = 0; // mocha's Infinity costs seconds
    await pulumi.runtime.runInPulumiStack(async () => program());
    await pulumi.runtime.disconnect(); // the drain: runInPulumiStack alone returns before children are registered
    const [failure] = await takeRejections();
    if (failure !== undefined) throw failure;
    return registrations;
  } finally {
    Error.stackTraceLimit = traceLimit; // assertion failures keep their stacks
    MockMonitor.prototype.registerResource = original;
    await takeRejections();
  }
}
