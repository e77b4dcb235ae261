// Lint rules: strict types and one dialect. The allowed imports are in rooms.mjs, enforced by `npm run walls`.
import { fileURLToPath } from "node:url";
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";
import { dialect } from "./tools/lint/dialect.mjs";
import { sizeExceptions, sizeRules } from "./tools/lint/sizes.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The files in which the whole dialect holds. */
const inDialect = ["provider/src/**/*.ts", "emulator/src/**/*.ts", "test/**/*.ts"];

/** No TypeScript here uses this. */
const restrictedSyntax = [
  {
    selector: "ExportAllDeclaration",
    message: "Name what is exported: a public surface is decided, not inherited.",
  },
];

/** The dialect does not use this either. The lists are joined: in flat config a later list replaces an earlier one. */
const foreignToDialect = [
  {
    selector: "ImportDeclaration[importKind='value'] > ImportSpecifier[importKind='type']",
    message: "Import types in a line of their own: import type { … }.",
  },
  {
    selector:
      ":matches(PropertyDefinition, AccessorProperty, TSParameterProperty, MethodDefinition:not([kind='constructor']))" +
      "[accessibility='private']",
    message: "Private members are #members, which nobody can reach at run time either.",
  },
];

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "provider/types/",
      "emulator/types/",
      "**/node_modules/",
      ".state/",
      "coverage/",
      "sdk/",
      // Its types are those of sdk/, which test/languages checks.
      "examples/plugin/",
      // A program of the plugin too: it is compiled where its SDK is.
      "test/languages/services/",
      "test/seeds/",
    ],
  },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "no-restricted-syntax": ["error", ...restrictedSyntax],
      // A leading underscore says "left out on purpose".
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: [
      ...["provider/src/**/*.ts", "emulator/src/**/*.ts", "emulator/page/*.mjs"],
      ...["tools/**/*.mjs", "bench/**/*.mjs", "test/support/**/*.{ts,mjs}"],
    ],
    plugins: { dialect },
    rules: sizeRules,
  },
  ...sizeExceptions.map(({ file, rules }) => ({
    files: [file],
    rules: Object.fromEntries(rules.map((rule) => [rule, "off"])),
  })),
  {
    files: inDialect,
    plugins: { dialect },
    rules: {
      "dialect/file-head": "error",
      "no-restricted-syntax": ["error", ...restrictedSyntax, ...foreignToDialect],
      "@typescript-eslint/naming-convention": [
        "error",
        { selector: "variable", modifiers: ["const", "global"], format: ["camelCase"] },
      ],
    },
  },
  {
    files: ["provider/src/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "AbortSignal",
          property: "timeout",
          message:
            "Take abortAfter of ground/clock: in Node 20 this one can be collected before it has aborted.",
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
    // The emulator's page runs in browsers.
    files: ["emulator/page/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        ["document", "HTMLElement", "HTMLInputElement", "HTMLButtonElement"].map((name) => [
          name,
          "readonly",
        ]),
      ),
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
