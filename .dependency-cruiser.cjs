// The arrows of the design: stacks -> components -> environment; the other rooms know none of the three.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(components|environment|images|offline|pipelines|policy|scripts|stacks|tests)/", pathNot: allowed },
});

module.exports = {
  forbidden: [
    only("environment-knows-nobody", "^environment/", "^environment/", "The environment is pure data and checks."),
    {
      name: "environment-is-pure",
      severity: "error",
      from: { path: "^environment/" },
      to: { path: "(node_modules/(@pulumi|@muhlba91)/|^(node:)?(fs|child_process|net|http|https|os|process)$)" },
    },
    only("components-know-environment", "^components/", "^(components|environment)/", "A component knows no stack."),
    only(
      "stacks-stand-on-top",
      "^stacks/",
      "^(stacks|components|environment)/|^images/catalog\\.ts$|^scripts/lib/typescript\\.cjs$",
      "Stacks use components, the environment and the names of images.",
    ),
    only("policy-stands-alone", "^policy/", "^policy/", "The policy pack reads resources only."),
    only("images-stand-alone", "^images/", "^images/|^versions\\.json$", "Images know versions only."),
    only(
      "offline-stands-alone",
      "^offline/",
      "^(offline|images)/|^scripts/lib/",
      "What stands in for the internet knows no component, stack or environment.",
    ),
    only(
      "scripts-read-environment",
      "^scripts/",
      "^(scripts|environment|offline|images)/",
      "Commands drive Pulumi from outside.",
    ),
    {
      name: "nobody-imports-tests",
      severity: "error",
      from: { pathNot: "^tests/" },
      to: { path: "^tests/" },
    },
    {
      name: "components-by-their-front-door",
      comment: "Another component's inside is reached through its index.ts only.",
      severity: "error",
      from: { path: "^components/([^/]+)/" },
      to: { path: "^components/([^/]+)/", pathNot: ["^components/$1/", "^components/[^/]+/index\\.ts$"] },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "nothing-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.platform|node_modules/(?!@pulumi|@muhlba91))" },
  },
};
