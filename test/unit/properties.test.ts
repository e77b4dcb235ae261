/**
 * The host's bag of properties, taken apart: arguments, unknown values, and what our constructor added.
 */
import { readProperties } from "../../provider/src/fronts/dynamic/properties";
import { isMap, unknownValue } from "../../provider/src/lifecycle";

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test("arguments are what is left without the host's and our own properties, and without empty ones", () => {
  const { args } = readProperties({
    workflowId: "wf-1",
    triggers: { none: null },
    timeoutSeconds: 0,
    waitFor: "",
    region: null,
    endpoint: undefined,
    __provider: "exports.handler = …",
    __meta: { urn: "urn:x" },
    __internal: 1,
  });
  expect(args).toEqual({ workflowId: "wf-1", triggers: { none: null }, timeoutSeconds: 0, waitFor: "" });
  expect(Object.keys(args)).toEqual(["workflowId", "triggers", "timeoutSeconds", "waitFor"]);
});

test("values that are not known yet are marked, at any depth", () => {
  const { args } = readProperties({
    workflowId: unknownText,
    triggers: { a: [1, unknownText, { b: unknownText }], c: `${unknownText}!` },
  });
  expect(args).toEqual({
    workflowId: unknownValue,
    triggers: { a: [1, unknownValue, { b: unknownValue }], c: `${unknownText}!` },
  });
});

test("the URN and the options come from what the constructor added", () => {
  const customTimeouts = { create: "1h", delete: "5m" };
  const [secretArguments, replaceOnChanges] = [["input", 7], ["*"]];
  const settled = { secretArguments, programSecrets: ["triggers"] };
  const meta = {
    urn: "urn:pulumi:x",
    customTimeouts,
    replaceOnChanges,
    ignoreChanges: ["triggers"],
    ...settled,
  };
  expect(readProperties({ __meta: meta })).toEqual({
    args: {},
    meta,
    urn: "urn:pulumi:x",
    customTimeouts,
    replaceOnChanges,
    ignoreChanges: ["triggers"],
    notes: undefined,
    secretPaths: [["input"]],
    hasSecretPaths: false,
    secretOutputs: true,
    programSecrets: ["triggers"],
  });
});

test("where the secrets are is taken from the paths; an argument without any is one as a whole", () => {
  const secretPaths = [["input", "password"], ["input", "a.b", "0"], [], "input", ["triggers", 7]];
  const meta = { secretArguments: ["headers", "input", "triggers"], secretPaths };
  expect(readProperties({ __meta: meta })).toMatchObject({
    secretPaths: [["input", "password"], ["input", "a.b", "0"], ["triggers"], ["headers"]],
    hasSecretPaths: false,
    programSecrets: ["headers", "input", "triggers"],
  });
  const complete = { secretArguments: ["input"], secretPaths: [["input", "password"]] };
  expect(readProperties({ __meta: complete })).toMatchObject({
    secretPaths: [["input", "password"]],
    hasSecretPaths: true,
    secretOutputs: false,
  });
  expect(readProperties({ __meta: { ...complete, secretOutputs: true } }).secretOutputs).toBe(true);
});

test("where nothing has been checked, the notes of the program tell what is secret, or may be", () => {
  const notes = {
    input: { user: "a1b2c3d4e5f6", list: [null, "secret"] },
    triggers: "a1b2c3d4e5f6",
    headers: unknownText,
  };
  expect(readProperties({ __meta: { notes } })).toMatchObject({
    notes,
    secretPaths: [["headers"], ["input", "list", "1"]],
    hasSecretPaths: true,
    programSecrets: ["headers", "input"],
  });
});

test.each<{ __meta?: unknown }>([
  {},
  { __meta: null },
  { __meta: "text" },
  { __meta: [] },
  { __meta: unknownText },
  { __meta: { urn: 7, customTimeouts: "1h" } },
  { __meta: { urn: unknownText, customTimeouts: null } },
  { __meta: { urn: null, customTimeouts: [], replaceOnChanges: "*" } },
  { __meta: { notes: "text", secretArguments: unknownText, programSecrets: unknownText } },
  { __meta: { secretPaths: unknownText, secretOutputs: "yes" } },
  { __meta: { secretPaths: { input: 1 } } },
])("states of other versions are tolerated: %j", (properties) => {
  expect(readProperties(properties)).toEqual({
    args: {},
    meta: isMap(properties.__meta) ? properties.__meta : {},
    urn: undefined,
    customTimeouts: {},
    replaceOnChanges: [],
    ignoreChanges: [],
    notes: undefined,
    secretPaths: [],
    hasSecretPaths: true,
    secretOutputs: false,
    programSecrets: [],
  });
});
