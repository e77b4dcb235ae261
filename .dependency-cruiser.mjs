// The walls: who may import whom. Made from rooms.mjs; run by `npm run walls`, tried by test/tools/walls.test.ts.
import { rooms } from "./rooms.mjs";

/** @param {string} path as a regular expression */
const within = (path) => `^${path}(/|\\.ts$)`;

const storeys = Object.entries(rooms).flatMap(([project, all]) =>
  all.map((room) => ({
    name: `${project}-${room.name}`,
    comment: `${room.name} imports only rooms below it: ${room.job}`,
    severity: "error",
    from: { path: within(`${project}/src/${room.name}`) },
    to: {
      path: [
        ...all
          .filter((other) => other !== room && other.storey >= room.storey)
          .map((other) => within(`${project}/src/${other.name}`)),
        `^${project}/src/[^/]+\\.ts$`,
      ],
    },
  })),
);

// A service is a folder in its vendor's, and bears the name of its module in program/: adding one edits no list.
const service = "^provider/src/services/[^/]+/([^/]+)/";
const comment = "a service is known to its own folder, the registry and its module of program/";
const services = [
  {
    name: "service-by-others",
    comment,
    severity: "error",
    from: {
      path: "^provider/src/",
      pathNot: [service, "^provider/src/program/", "^provider/src/services/registry\\.ts$"],
    },
    to: { path: service },
  },
  {
    name: "service-by-service",
    comment,
    severity: "error",
    from: { path: service },
    to: { path: service, pathNot: "^provider/src/services/[^/]+/$1/" },
  },
  {
    name: "service-by-module",
    comment,
    severity: "error",
    from: { path: "^provider/src/program/([^/.]+)" },
    to: { path: service, pathNot: "^provider/src/services/[^/]+/$1/" },
  },
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...storeys,
    ...services,
    {
      name: "lifecycle-services",
      comment: "the lifecycle knows services by their port, which is in execution/",
      severity: "error",
      from: { path: "^provider/src/lifecycle/" },
      to: { path: "^provider/src/services/" },
    },
    {
      name: "vendors",
      comment: "one vendor's code says nothing of another's",
      severity: "error",
      from: { path: "^provider/src/services/([^/]+)/" },
      to: { path: "^provider/src/services/([^/]+)/", pathNot: "^provider/src/services/$1/" },
    },
    {
      name: "pulumi",
      comment: "below the fronts nothing knows Pulumi: every front stands on the same lifecycle",
      severity: "error",
      from: { path: "^provider/src/", pathNot: "^provider/src/(program|fronts)/" },
      to: { path: "(^|/)@pulumi/" },
    },
    {
      name: "provider-emulator",
      comment: "provider and emulator share nothing: a mistake shared by both would pass every test",
      severity: "error",
      from: { path: "^(provider|emulator)/" },
      to: { path: "^(provider|emulator)/", pathNot: "^$1/" },
    },
    {
      name: "packages-tools",
      comment: "what is published imports nothing of the repository's tests and tools",
      severity: "error",
      from: { path: "^(provider|emulator)/" },
      to: { path: "^(test|tools|bench|examples)/" },
    },
    {
      name: "examples",
      comment: "examples import the package by its name",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: "^(provider|emulator|test|tools)/", dependencyTypes: ["local"] },
    },
    {
      name: "no-circles",
      comment: "no circles, type-only ones included",
      severity: "error",
      from: { path: "^(provider|emulator|tools|bench)/" },
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "an import that can't be resolved can't be checked",
      severity: "error",
      from: { path: "^(provider|emulator)/src/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/(dist|types)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
