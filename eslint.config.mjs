// Lint rules: strict types, and who may import whom. Data flows program → resource → dynamic → lifecycle →
// execution → backends → http, and never back; a wrong import fails `npm run lint`.
import { fileURLToPath } from "node:url";
import eslint from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const root = fileURLToPath(new URL(".", import.meta.url));
const src = (folder) => `./provider/src/${folder}`;

/** Forbids `from` to import anything under `target` but what `except` names (paths within `target`). */
const mayNotImport = (from, targets, message) =>
  targets.map((target) => ({ target: from, from: target, message }));

/** Public modules; nothing below imports them. */
const modules = ["aom.ts", "cloudflow.ts", "functiongraph.ts", "index.ts"];

const layers = {
  ground: [
    "resource",
    "dynamic",
    "lifecycle",
    "execution",
    "backends",
    "http",
    "polling",
    "errors.ts",
    ...modules,
  ],
  polling: [
    "resource",
    "dynamic",
    "lifecycle",
    "execution",
    "backends",
    "http",
    "aom.ts",
    "index.ts",
    "errors.ts",
  ],
  errors: [
    "resource",
    "dynamic",
    "lifecycle",
    "execution",
    "backends",
    "http",
    "polling",
    "aom.ts",
    "index.ts",
  ],
  http: ["resource", "dynamic", "lifecycle", "execution", "backends", ...modules],
  execution: ["resource", "dynamic", "lifecycle", "backends", "http", ...modules],
  backends: ["resource", "dynamic", "lifecycle", ...modules],
  lifecycle: ["resource", "dynamic", "http", ...modules],
  dynamic: ["resource", "execution", "backends", "http", "polling", ...modules],
  resource: ["backends", "http", "polling", ...modules],
};

const zones = Object.entries(layers).flatMap(([layer, forbidden]) =>
  mayNotImport(
    src(layer === "errors" ? "errors.ts" : layer),
    forbidden.map(src),
    `${layer} may not import this: data flows program → resource → dynamic → lifecycle → execution → backends → http.`,
  ),
);

// Services are known by name only in the registry and in their own folder and module.
const services = ["huaweiAom", "huaweiFunctionGraph", "alibabaCloudFlow"];
const serviceZones = services.flatMap((service) =>
  [
    "resource",
    "dynamic",
    "lifecycle",
    "execution",
    "http",
    "polling",
    "backends/huawei",
    "backends/alibaba",
    "backends/backend.ts",
  ].map((target) => ({
    target: src(target),
    from: src(`backends/${service}`),
    message: "only backends/registry.ts knows the services by name.",
  })),
);

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "provider/types/",
      "emulator/types/",
      "**/node_modules/",
      ".state/",
      "coverage/",
      "test/seeds/",
    ],
  },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    settings: {
      "import-x/resolver-next": [
        createTypeScriptImportResolver({
          noWarnOnMultipleProjects: true,
          project: ["provider/tsconfig.json", "emulator/tsconfig.json", "test/tsconfig.json"],
        }),
      ],
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportAllDeclaration",
          message: "Name what is exported: a public surface is decided, not inherited.",
        },
      ],
      // A leading underscore says "left out on purpose".
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["provider/src/**/*.ts"],
    rules: {
      "import-x/no-cycle": "error",
      "no-restricted-properties": [
        "error",
        {
          object: "AbortSignal",
          property: "timeout",
          message:
            "Take abortAfter of polling/clock: in Node 20 this one can be collected before it has aborted.",
        },
      ],
      "import-x/no-restricted-paths": [
        "error",
        {
          basePath: root,
          zones: [
            ...zones,
            ...serviceZones,
            { target: "./provider", from: "./emulator", message: "provider and emulator share nothing." },
            {
              target: "./provider",
              from: "./test",
              message: "tests import the provider, never the other way.",
            },
            {
              target: "./provider",
              from: "./tools",
              message: "tools are for the repository, not for users.",
            },
          ],
        },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "@pulumi/pulumi/index", message: "Import @pulumi/pulumi." },
            { name: "workflow-emulator", message: "provider and emulator share nothing." },
          ],
        },
      ],
    },
  },
  {
    // The core runs without Pulumi: a second front will be put on it.
    files: ["lifecycle", "execution", "backends", "http", "polling", "ground"].map(
      (layer) => `provider/src/${layer}/**/*.ts`,
    ),
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@pulumi/*"],
              message: "Only resource/, dynamic/ and the services' modules know Pulumi.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["emulator/src/**/*.ts"],
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": [
        "error",
        {
          basePath: root,
          zones: [
            {
              target: "./emulator",
              from: "./provider",
              message:
                "the emulator shares nothing with the provider: a mistake shared by both would pass every test.",
            },
          ],
        },
      ],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["pulumi-workflow-execution", "@pulumi/*"],
              message: "the emulator knows neither the provider nor Pulumi.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["examples/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["**/provider/**", "../*"], message: "Examples import the package by its name." },
          ],
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Recorded answers and the engine's JSON have no types.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs", "**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "fetch",
          "URL",
          "Buffer",
          "AbortSignal",
          "AbortController",
          "require",
          "module",
          "__dirname",
          "exports",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
);
