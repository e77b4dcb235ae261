/**
 * An account is a part of the place of an execution: another account is another place, where the workflow runs again.
 * From there nothing is reported or done about executions elsewhere.
 */
import { reasonsOf } from "../../provider/src/fronts/dynamic/differences";
import { ConfigurationError } from "../../provider/src/ground/errors";
import type { LifecycleHost, StoredState } from "../../provider/src/lifecycle";
import { RunRegister, create, deleteExecution, diff, read, update } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { acmeAccountId, annKeys } from "../emulator/acme";
import { demoKeyPair } from "../emulator/emulatorClient";
import { recordingReporter } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { Sources } from "./alibabaScene";
import { useScene } from "./alibabaScene";

const scene = useScene();

const demo = { "alicloud:accessKey": demoKeyPair.accessKey, "alicloud:secretKey": demoKeyPair.secretKey };
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

const askedPlaceOf = (sources: Sources, state: StoredState): Promise<Readonly<Record<string, string>>> =>
  scene.session(sources).findPlace(services.cloudflow, state, state, never);

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
    changes: [
      {
        property: "accountId",
        reason: `accountId changed from ${acmeAccountId} to ${other} (settings)`,
      },
    ],
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

describe("keys do not tell their account: the STS is asked by the way", () => {
  const stopSts = (): Promise<unknown> =>
    scene.control("POST", "/faults", { operation: "GetCallerIdentity", action: "dropBefore", count: null });
  const withoutSts = (keys: Record<string, string>): Sources => ({
    config: { ...keys, "alicloud:endpoints": JSON.stringify({ fnf: scene.url }) },
  });

  test("the account is stored, and keys of another one run again there", async () => {
    const { state } = await started({ config: ann });
    expect(state["accountId"]).toBe(acmeAccountId);
    scene.sent.length = 0;
    const place = await askedPlaceOf({ config: demo }, state);
    expect(place).toEqual({ accountId: await demoAccountId() });
    const { action, changes } = diff(services.cloudflow, "id", state, args, [], [], place);
    expect([action, reasonsOf(changes)]).toEqual([
      "rerun",
      [`accountId changed from ${acmeAccountId} to ${await demoAccountId()} (settings)`],
    ]);
    expect(scene.sent.map(({ operation }) => operation)).toEqual(["GetCallerIdentity"]);
  });

  test("a thousand resources ask once; an execution without an account asks nobody", async () => {
    const session = scene.session({ config: ann });
    const state = { ...args, accountId: acmeAccountId };
    await Promise.all(
      Array.from({ length: 1_000 }, () => session.findPlace(services.cloudflow, state, state, never)),
    );
    expect(scene.sent).toHaveLength(1);
    expect(await scene.session({ config: ann }).findPlace(services.cloudflow, args, args, never)).toEqual({});
    expect(scene.sent).toHaveLength(1);
  });

  test("the key that stored the account is known again, and nobody is asked: not for a preview, a read or a stop", async () => {
    const { id, state } = await started({ config: ann });
    expect(JSON.stringify(state)).not.toContain(annKeys.accessKey);
    scene.sent.length = 0;
    expect(await askedPlaceOf({ config: ann }, state)).toEqual({ accountId: acmeAccountId });
    const after = await read(id, state, hostOf({ config: ann }));
    await deleteExecution(id, state, hostOf({ config: ann }));
    expect(scene.sent.map(({ operation }) => operation)).not.toContain("GetCallerIdentity");
    // It is still known after that, and another key is not taken for it.
    expect(await askedPlaceOf({ config: ann }, after!)).toEqual({ accountId: acmeAccountId });
    expect(scene.sent.map(({ operation }) => operation)).not.toContain("GetCallerIdentity");
    expect(await askedPlaceOf({ config: demo }, after!)).toEqual({ accountId: await demoAccountId() });
  });

  test("a guard is proved by the STS, whatever the state says of the key", async () => {
    const { id, state } = await started({ config: ann });
    scene.sent.length = 0;
    const guarded = { config: { ...ann, "alicloud:accountId": acmeAccountId } };
    await read(id, state, hostOf(guarded));
    expect(scene.sent.map(({ operation }) => operation)).toContain("GetCallerIdentity");
  });

  test("where the settings tell the account, a preview asks nobody", async () => {
    const state = { ...args, accountId: acmeAccountId };
    const guarded = { config: { ...ann, "alicloud:accountId": acmeAccountId } };
    expect(await askedPlaceOf(guarded, state)).toEqual({ accountId: acmeAccountId });
    expect(scene.sent).toEqual([]);
  });

  test("an STS that does not answer delays no start and changes nothing", async () => {
    await stopSts();
    const { id, state } = await started({ config: ann });
    expect([state["status"], state["accountId"]]).toEqual(["succeeded", undefined]);
    const known = { ...state, accountId: acmeAccountId };
    expect(await askedPlaceOf({ config: ann }, known)).toEqual({});
    expect(await read(id, known, hostOf({ config: ann }))).toMatchObject({ accountId: acmeAccountId });
  });

  test("beside an endpoint of the program's own no STS of the cloud is asked", async () => {
    const { state } = await started(withoutSts(ann));
    expect(state["accountId"]).toBeUndefined();
    expect(await askedPlaceOf(withoutSts(demo), { ...state, accountId: acmeAccountId })).toEqual({});
    expect(scene.sent.map(({ operation }) => operation)).not.toContain("GetCallerIdentity");
  });
});

describe("with the keys of another account, an execution of a role", () => {
  const message = async (): Promise<string> =>
    `the execution is in account ${acmeAccountId}, but the credentials (configuration alicloud:accessKey) belong to account ${await demoAccountId()}`;

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
