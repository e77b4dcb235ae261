/**
 * Steps of CloudFlow executions against the emulator: what runs side by side keeps its own end, with the vendor's chain of
 * events and with the other chains that the vendor's page would also allow.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { createHmac, randomUUID } from "node:crypto";
import type { Backend } from "../../provider/src/execution/service";
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import { firstFailedStep } from "../../provider/src/execution/snapshot";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { EmulatedClock } from "../support/emulatedClock";
import { emulatedClock } from "../support/emulatedClock";
import { control } from "../support/emulators";
import { emulatorSettings } from "../support/lifecycleHosts";
import { never } from "../support/sessions";

// Three iterations of one step: the second one ends first, then the first one fails and cuts off the third.
const foreach = JSON.stringify({
  type: "flow",
  version: "v1",
  steps: [
    {
      type: "foreach",
      name: "each",
      iterationMapping: { collection: "$.items", item: "item" },
      steps: [
        {
          type: "choice",
          name: "work",
          choices: [
            {
              condition: "$.item.isBad == true",
              steps: [
                { type: "wait", name: "hold", duration: "$.item.seconds" },
                { type: "fail", name: "break", error: "Broken", cause: "item 0" },
              ],
            },
          ],
          default: { steps: [{ type: "wait", name: "hold", duration: "$.item.seconds" }] },
        },
      ],
    },
  ],
});
const items = [{ isBad: true, seconds: 2 }, { seconds: 1 }, { seconds: 3 }];

let emulator: Emulator;
let clock: EmulatedClock;
let backend: Backend;

beforeEach(async () => {
  emulator = await startEmulator();
  clock = await emulatedClock(emulator);
  await createFlow("mine", foreach);
  const session = openSession({ settings: emulatorSettings(emulator), clock, random: () => 0.5 });
  const args = { flowName: "mine", region: "cn-hangzhou", input: { items } };
  backend = await session.connect(services.cloudflow, args, never);
});
afterEach(() => emulator.close());

/** Creates a flow as the vendor's clients do, by the legacy signature. */
async function createFlow(name: string, definition: string): Promise<void> {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const values: Record<string, string> = {
    Action: "CreateFlow",
    Version: "2019-03-15",
    Format: "json",
    AccessKeyId: "EMULATORACCESSKEY0001",
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: randomUUID(),
    Timestamp: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
    Name: name,
    Description: "d",
    Type: "FDL",
    Definition: definition,
  };
  const query = Object.keys(values)
    .sort()
    .map((key) => `${encode(key)}=${encode(values[key]!)}`)
    .join("&");
  const signature = createHmac("sha1", "emulator-secret-key-0001&")
    .update(`POST&%2F&${encode(query)}`)
    .digest("base64");
  const answer = await fetch(`${emulator.url}/?${query}&Signature=${encode(signature)}`, { method: "POST" });
  if (!answer.ok) throw new Error(await answer.text());
}

async function play(): Promise<ExecutionSnapshot> {
  const { executionId } = await backend.start({ runName: "run-1", signal: never });
  await clock.advance(10_000);
  return backend.describe(executionId, { signal: never });
}

const right = [
  ["each", "failed", 2_000],
  ["work", "failed", 2_000],
  ["hold", "succeeded", 2_000],
  ["work", "succeeded", 1_000],
  ["hold", "succeeded", 1_000],
  ["work", "stopped", 2_000],
  ["hold", "stopped", 2_000],
  ["break", "failed", 0],
];
const rows = ({ steps }: ExecutionSnapshot): unknown[] =>
  steps.map(({ name, status, durationMs }) => [name, status, durationMs]);

test.each([[{}], [{ scheduleEventId: "fork" }]])(
  "each iteration shows its own end (quirks %j)",
  async (quirks) => {
    await control(emulator, "PUT", "/quirks", quirks);
    expect(rows(await play()).sort()).toEqual([...right].sort());
  },
);

test.each(["zero", "absent"])(
  "without a chain the outcomes are right, and no time is another's (%s)",
  async (scheduleEventId) => {
    await control(emulator, "PUT", "/quirks", { scheduleEventId });
    const snapshot = await play();
    const statuses = (name: string): string[] =>
      snapshot.steps
        .filter((step) => step.name === name)
        .map(({ status }) => status)
        .sort();
    expect(statuses("work")).toEqual(["failed", "stopped", "succeeded"]);
    expect(statuses("hold")).toEqual(["stopped", "succeeded", "succeeded"]);
    for (const step of snapshot.steps.filter(({ name }) => name === "work" || name === "hold")) {
      expect(step).not.toHaveProperty("durationMs");
    }
    expect(firstFailedStep(snapshot)).toMatchObject({ status: "failed" });
    expect(snapshot).toMatchObject({ status: "failed", error: "Broken: item 0" });
  },
);
