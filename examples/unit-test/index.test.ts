/** A unit test with mocks: what the program declares, and what the program makes of the workflow's output. */
import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import type * as Program from "./index";

const declared: MockResourceArgs[] = [];
let program: typeof Program;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (resource) => {
      declared.push(resource);
      const inputs = resource.inputs as Record<string, unknown>;
      // An output that is missing here is undefined in the program.
      const state = { ...inputs, status: "succeeded", output: { version: "1.4.2" } };
      return { id: `${resource.name}-id`, state };
    },
    call: () => ({}),
  });
  pulumi.runtime.setConfig("project:environment", "production");
  // Imported after the mocks and the configuration are set, because an import runs the program.
  program = jest.requireActual("./index");
});

const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });

test("the version is the one that the workflow reports", async () => {
  expect(await valueOf(program.version)).toBe("1.4.2");
});

test("production waits for an hour", async () => {
  await valueOf(program.version);
  expect(declared).toHaveLength(1);
  expect(declared[0]).toMatchObject({
    type: "pulumi-nodejs:aom:WorkflowExecution",
    name: "patch-fleet",
    inputs: { workflowId: "8e2d1c0b", timeoutSeconds: 3600 },
  });
});
