/**
 * The policies of the guide, given executions as the engine gives them to a policy: each reports what it is for, and nothing else.
 * The class of the policy SDK, which would start a server, is a stand-in that keeps the policies.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { transformSync } from "@swc/core";
import { resourceType } from "../../provider/src/program/executionResource";
import { services } from "../../provider/src/services/registry";
import type { ServiceName } from "../../provider/src/services/registry";
import { stepsOf } from "../support/pageSteps";

interface Policy {
  readonly name: string;
  readonly description: string;
  readonly enforcementLevel: string;
  readonly validateResource: (
    args: { readonly type: string; readonly props: Readonly<Record<string, unknown>> },
    report: (message: string) => void,
  ) => void;
}

function policiesOfPage(): Policy[] {
  const page = readFileSync(resolve(__dirname, "../../docs/how-to/policy-packs.md"), "utf8");
  const program = stepsOf(page).find((step) => step.kind === "file");
  const { code } = transformSync(program!.content, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  const packs: { readonly policies: Policy[] }[] = [];
  const PolicyPack = function (_name: string, pack: (typeof packs)[number]): void {
    packs.push(pack);
  };
  const require = (name: string): object => (name === "@pulumi/policy" ? { PolicyPack } : {});
  runInNewContext(code, { require, exports: {} });
  return packs.flatMap((pack) => pack.policies);
}

const policies = policiesOfPage();

/** The names of the policies that an execution violates. */
function violated(type: string, props: Readonly<Record<string, unknown>>): string[] {
  return policies.flatMap(({ name, validateResource }) => {
    const messages: string[] = [];
    validateResource({ type, props }, (message) => messages.push(message));
    return messages.map(() => name);
  });
}

const typesOf = (service: ServiceName): string[] => [
  resourceType(service),
  `runbook:${service}:WorkflowExecution`,
];
const everyType = (Object.keys(services) as ServiceName[]).flatMap(typesOf);

test("types are those of the npm package", () => {
  expect(resourceType("aom")).toBe("pulumi-nodejs:aom:WorkflowExecution");
});

test.each(typesOf("aom"))("%s needs an executionKey", (type) => {
  expect(violated(type, {})).toEqual(["aom-needs-a-key"]);
  expect(violated(type, { executionKey: "01973a5e" })).toEqual([]);
});

test.each(everyType)("%s waits for at most an hour", (type) => {
  expect(violated(type, { executionKey: "k", timeoutSeconds: 3601 })).toEqual(["short-waits"]);
  expect(violated(type, { executionKey: "k", timeoutSeconds: 3600 })).toEqual([]);
});

test.each([
  ...typesOf("functiongraph").map((type) => [type, { mode: "EXPRESS" }] as const),
  ...typesOf("cloudflow").map((type) => [type, { executionMode: "Express" }] as const),
  ...typesOf("stepfunctions").map((type) => [type, { stateMachineType: "EXPRESS" }] as const),
])("%s is no express teardown", (type, express) => {
  expect(violated(type, { ...express, runOn: "destroy" })).toEqual(["no-express-teardown"]);
  expect(violated(type, express)).toEqual([]);
  expect(violated(type, { runOn: "destroy" })).toEqual([]);
});

test("other resources are left alone", () => {
  expect(violated("pulumi-nodejs:dynamic:Resource", { timeoutSeconds: 9_999, runOn: "destroy" })).toEqual([]);
});
