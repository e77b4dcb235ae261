/**
 * An account is a part of where an execution is: another one is another place, where it runs again, and from where nothing is
 * said or done about what is elsewhere.
 */
import { ConfigurationError } from "../../provider/src/errors";
import type { LifecycleHost, StoredState } from "../../provider/src/lifecycle";
import {
  RunRegister,
  create,
  deleteExecution,
  diff,
  read,
  services,
  update,
} from "../../provider/src/lifecycle";
import { acmeAccountId, annKeys } from "../emulator/acme";
import { DEMO_KEYS } from "../emulator/emulatorClient";
import { recordingReporter } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { Sources } from "./alibabaScene";
import { useScene } from "./alibabaScene";

const scene = useScene();

const demo = { "alicloud:accessKey": DEMO_KEYS.accessKey, "alicloud:secretKey": DEMO_KEYS.secretKey };
const ann = { "alicloud:accessKey": annKeys.accessKey, "alicloud:secretKey": annKeys.secretKey };
const asRole: Sources = {
  config: {
    ...demo,
    "alicloud:assumeRole": JSON.stringify({ roleArn: `acs:ram::${acmeAccountId}:role/deployer` }),
  },
};
const args = { flowName: "flow" };

const hostOf = (sources: Sources): LifecycleHost => ({
  definition: services.cloudflow,
  session: scene.session(sources),
  reporter: recordingReporter(),
  signal: never,
  urn: "urn:pulumi:test::test::type::execution",
  register: new RunRegister(),
  secretArguments: [],
});
const placeOf = (sources: Sources): Readonly<Record<string, string>> =>
  services.cloudflow.place(scene.settings(sources));
const planned = (state: StoredState, sources: Sources): ReturnType<typeof diff> =>
  diff(services.cloudflow, String(state["executionId"]), state, args, [], [], placeOf(sources));

/** Id of the demo account, as the emulator has it. */
const demoAccountId = async (): Promise<string> =>
  (await scene.control("GET", "/accounts")).accounts.find(
    ({ domain }: { domain: string }) => domain === "demo",
  ).accountId;

async function started(sources: Sources, more: object = {}): Promise<{ id: string; state: StoredState }> {
  const outcome = await create({ ...args, ...more }, hostOf(sources));
  expect(outcome.kind).toBe("ready");
  return outcome;
}

test("the account of a role is kept with the execution; in another account it runs again, and the reason is told", async () => {
  const { state } = await started(asRole);
  expect(state["accountId"]).toBe(acmeAccountId);
  expect(planned(state, asRole).action).toBe("none");
  const other = await demoAccountId();
  const moved = planned(state, { config: { ...demo, "alicloud:accountId": other } });
  expect(moved).toMatchObject({
    action: "rerun",
    properties: ["accountId"],
    reasons: [`accountId changed from ${acmeAccountId} to ${other} (settings)`],
  });
});

test("another role, or a key, of the same account is the same place", async () => {
  const { id, state } = await started(asRole);
  const guarded = { config: { ...ann, "alicloud:accountId": acmeAccountId } };
  expect(planned(state, guarded).action).toBe("none");
  expect(await read(id, state, hostOf(guarded))).toMatchObject({
    status: "succeeded",
    accountId: acmeAccountId,
  });
});

test("keys alone do not tell their account: nothing runs again by them, and none is stored", async () => {
  const { state } = await started({ config: ann });
  expect(state["accountId"]).toBeUndefined();
  expect(planned(state, { config: demo }).action).toBe("none");
});

describe("with the keys of another account, an execution of a role", () => {
  const message = async (): Promise<string> =>
    `the execution is in account ${acmeAccountId}, but the credentials (configuration alicloud:accessKey) act in account ${await demoAccountId()}`;

  test("is not read: it is neither gone nor expired", async () => {
    const { id, state } = await started(asRole);
    scene.sent.length = 0;
    const work = read(id, state, hostOf({ config: demo }));
    await expect(work).rejects.toThrow(ConfigurationError);
    await expect(work).rejects.toThrow(await message());
    expect(scene.sent.map(({ operation }) => operation)).toEqual(["GetCallerIdentity"]);
  });

  test("is neither stopped nor awaited while it runs", async () => {
    await scene.control("PUT", "/workflows/flow", {
      service: "cloudflow",
      projectId: "a0000000000000000000000000000001",
      nodes: [{ id: "work", durationMs: 3_600_000 }],
    });
    const { id, state } = await started(asRole, { waitFor: "started" });
    const waiting = { ...args, waitFor: "settled" };
    await expect(deleteExecution(id, state, hostOf({ config: demo }))).rejects.toThrow(await message());
    await expect(update(id, state, waiting, hostOf({ config: demo }))).rejects.toThrow(await message());
    const { executions } = await scene.control("GET", "/executions?service=cloudflow");
    expect(executions.map(({ status }: { status: string }) => status)).toEqual(["running"]);
    await deleteExecution(id, state, hostOf(asRole));
  });
});
