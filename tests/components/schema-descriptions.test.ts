import assert from "node:assert/strict";
import { withoutDescriptions } from "../../components/schema-descriptions";

describe("a definition of a custom resource without descriptions", () => {
  const schema = {
    openAPIV3Schema: {
      type: "object",
      description: "a long text",
      properties: {
        description: { type: "string", description: "of a field of that name" },
        mode: { type: "string", enum: ["a"], default: { description: "data of users" } },
      },
      oneOf: [{ required: ["mode"], description: "one" }],
    },
  };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: { group: "example.com", versions: [{ name: "v1", served: true, schema }] },
  };

  it("keeps all that the API server reads, and fields of that name", () => {
    assert.deepEqual(withoutDescriptions(definition)["spec"], {
      group: "example.com",
      versions: [
        {
          name: "v1",
          served: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                description: { type: "string" },
                mode: { type: "string", enum: ["a"], default: { description: "data of users" } },
              },
              oneOf: [{ required: ["mode"] }],
            },
          },
        },
      ],
    });
  });

  it("is no other object's concern", () => {
    const other = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data: { description: "kept" } };
    assert.equal(withoutDescriptions(other), other);
  });
});
