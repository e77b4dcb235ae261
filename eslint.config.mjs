// Lint rules: strict types and one dialect. Who may import whom is in rooms.mjs, enforced by `npm run walls`.
import { fileURLToPath } from "node:url";
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const root = fileURLToPath(new URL(".", import.meta.url));

const namedExports = {
  selector: "ExportAllDeclaration",
  message: "Name what is exported: a public surface is decided, not inherited.",
};

/** How the emulator is written, so that both packages read alike. */
const dialect = [
  {
    selector:
      ":matches(PropertyDefinition, TSParameterProperty, MethodDefinition[kind!='constructor'])[accessibility='private']",
    message: "Write a private member as #member.",
  },
  { selector: "ImportSpecifier[importKind='type']", message: "Write `import type` on a line of its own." },
  {
    selector: "VariableDeclarator > Identifier.id[name=/^[A-Z][A-Z0-9_]*$/]",
    message: "Write constants in camelCase.",
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
      "no-restricted-syntax": ["error", namedExports],
      // A leading underscore says "left out on purpose".
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["emulator/src/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", namedExports, ...dialect] },
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
