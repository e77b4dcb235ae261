// Jest: tests in test/, by kind. TypeScript through swc (types are checked by `npm run types`).
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

// Read before Jest starts its workers, and inherited by them and by the programs that tests start.
const movedClock = fileURLToPath(new URL("test/support/movedClock.cjs", import.meta.url));
if (process.env.TEST_YEARS_AHEAD !== undefined) {
  createRequire(import.meta.url)(movedClock);
  process.env.NODE_OPTIONS =
    `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(movedClock)}`.trim();
}

/** @type {import("jest").Config} */
export default {
  testEnvironment: "<rootDir>/test/support/workerEnvironment.cjs",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  setupFiles: [movedClock],
  moduleNameMapper: {
    "^pulumi-runbook$": "<rootDir>/provider/src/index.ts",
    "^pulumi-runbook/provider$": "<rootDir>/provider/src/fronts/dynamic/provider.ts",
    "^runbook-emulator$": "<rootDir>/emulator/src/index.ts",
  },
  transform: {
    "^.+\\.(ts|js|mjs)$": [
      "@swc/jest",
      {
        jsc: { target: "es2022", parser: { syntax: "typescript" }, keepClassNames: true },
        module: { type: "commonjs", ignoreDynamic: false },
      },
    ],
  },
  // node-fetch and what it needs are ES modules; Jest runs CommonJS.
  transformIgnorePatterns: [
    "/node_modules/(?!(node-fetch|data-uri-to-buffer|fetch-blob|formdata-polyfill)/)",
  ],
  modulePathIgnorePatterns: ["<rootDir>/provider/dist", "<rootDir>/emulator/dist", "<rootDir>/.state"],
  coverageProvider: "v8",
  collectCoverageFrom: ["provider/src/**/*.ts", "emulator/src/**/*.ts"],
  testSequencer: "<rootDir>/test/support/longestFirst.cjs",
  // Twice the processors of the machine that CI has: tests wait for processes, and for time to pass.
  maxWorkers: 4,
  // Long enough for the longest test on a slow machine that does much else: what hangs takes as long to fail.
  testTimeout: 600_000,
};
