/**
 * One real message for each error code: a deployment against the emulator that goes wrong in that way, without Pulumi's
 * engine.
 */
import { proxyRefusal } from "../../provider/src/http/proxyFailures";
import type { ErrorCode } from "../../provider/src/ground/errors";
import { RequestTimeoutError, codeOf, messageOf } from "../../provider/src/ground/errors";
import {
  asNotStarted,
  create,
  deleteExecution,
  describeError,
  openSession,
} from "../../provider/src/lifecycle";
import type { EmulatedHost } from "../support/lifecycleHosts";
import { emulatorSettings } from "../support/lifecycleHosts";
import type { ProcessOptions, Scene } from "../support/machines";

const minuteMs = 60_000;

const request = {
  operation: "ListWorkflowExecutions",
  method: "GET",
  url: "https://aom.cn-north-4.myhuaweicloud.com/v1/…",
};

/** A deployment in a scene, up to the error; gives the error's message. */
type Mishap = (scene: Scene) => Promise<string>;

/** The message of a resource that could not be made, or was made with an error. */
async function messageOfCreate(
  scene: Scene,
  args: object = {},
  options: ProcessOptions = {},
): Promise<string> {
  return messageIn(scene, scene.machine().process(options), args);
}

async function messageIn(scene: Scene, host: EmulatedHost, args: object = {}): Promise<string> {
  try {
    const outcome = await create(scene.args({ ...args }), host);
    if (outcome.kind === "unready") return outcome.reasons.join("\n");
  } catch (error) {
    return messageOf(asNotStarted(error));
  }
  throw new Error("the deployment did not fail");
}

/** A deployment in which every request of one operation gets this answer. */
const answered =
  (operation: "startOperation" | "listOperation" | "lookOperation", fault: object): Mishap =>
  async (scene) => {
    await scene.fault({ operation: scene[operation], count: null, ...fault });
    return messageOfCreate(scene, { timeoutSeconds: 600 });
  };

/** A deployment that is interrupted when its row says this. */
async function interrupted(scene: Scene, row: RegExp): Promise<string> {
  const controller = new AbortController();
  return messageOfCreate(
    scene,
    {},
    {
      signal: controller.signal,
      onStatus: (text) => {
        if (row.test(text)) controller.abort();
      },
    },
  );
}

/** The mishap that leads to each error. */
export const mishaps: Readonly<Record<ErrorCode, Mishap>> = {
  "WFX-CONFIGURATION": (scene) => {
    const settings = emulatorSettings(scene.emulator, { "huaweicloud:secretKey": "" });
    const host = scene.machine().process();
    return messageIn(scene, { ...host, session: openSession({ settings, clock: scene.clock }) });
  },
  "WFX-INPUT": (scene) => messageOfCreate(scene, { adoptExecutionId: "0123456789abcdef" }),
  "WFX-AUTHENTICATION": answered("startOperation", { action: "status", status: 403 }),
  "WFX-NOT-FOUND": (scene) => messageOfCreate(scene, { flowName: "wf-2" }),
  "WFX-THROTTLED": answered("startOperation", { action: "status", status: 429 }),
  "WFX-SERVICE": answered("startOperation", {
    action: "status",
    status: 400,
    body: { error_code: "AOM.31001300", error_msg: "parameter error" },
  }),
  "WFX-NO-ANSWER": answered("listOperation", { action: "dropBefore" }),
  "WFX-PROXY": () => {
    const proxy = { address: "http://proxy.example:3128", variable: "HTTPS_PROXY" };
    const error = proxyRefusal(407, proxy as never, request);
    return Promise.resolve(messageOf(asNotStarted(error)));
  },
  "WFX-REQUEST-TIMEOUT": () =>
    Promise.resolve(messageOf(asNotStarted(new RequestTimeoutError(request, 30_000)))),
  "WFX-RESPONSE-FORMAT": answered("lookOperation", { action: "html", status: 200 }),
  "WFX-LIST-INCOMPLETE": answered("listOperation", {
    action: "status",
    status: 200,
    body: [{ status: "running" }],
  }),
  "WFX-START-UNCERTAIN": async (scene) => {
    await scene.takes(30 * minuteMs);
    await scene.foreign();
    return messageOfCreate(scene);
  },
  "WFX-START-TIMEOUT": async (scene) => {
    await scene.fault({
      operation: scene.listOperation,
      count: null,
      action: "status",
      status: 429,
      retryAfter: 60,
    });
    return messageOfCreate(scene, { timeoutSeconds: 30 });
  },
  "WFX-WORKFLOW-BUSY": async (scene) => {
    await scene.takes(30 * minuteMs);
    await scene.foreign();
    return messageOfCreate(scene, { concurrency: "reject" });
  },
  "WFX-EXECUTION-FAILED": (scene) => messageOfCreate(scene, { workflowId: "demo-fails" }),
  "WFX-EXECUTION-TIMEOUT": async (scene) => {
    await scene.takes(30 * minuteMs);
    return messageOfCreate(scene, { timeoutSeconds: 600 });
  },
  "WFX-EXECUTION-NOT-STOPPED": async (scene) => {
    await scene.takes(30 * minuteMs, { stopTakesMs: 30 * minuteMs });
    const machine = scene.machine();
    const outcome = await create(scene.args({ waitFor: "started" }), machine.process());
    try {
      await deleteExecution(outcome.id, outcome.state, machine.process());
    } catch (error) {
      return describeError({ message: messageOf(error), code: codeOf(error) });
    }
    throw new Error("the execution was stopped");
  },
  "WFX-INTERRUPTED": async (scene) => {
    await scene.takes(30 * minuteMs);
    return interrupted(scene, /^1\/1 /);
  },
};

/** A message with the ids and addresses that the documentation shows in place of those of this run. */
export function asDocumented(message: string): string {
  return message
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "8f1c02aa-3b7e-4c55-9d2f-6f0b2f6f8a10")
    .replace(/\(request id [\w-]+\)/g, "(request id 7c1f9e)")
    .replaceAll(
      "urn:pulumi:test::test::type::execution",
      "urn:pulumi:dev::fleet::pulumi-nodejs:aom:WorkflowExecution::patch",
    )
    .replace(/\(pulumi-runbook [\w.-]+\)/g, "(pulumi-runbook 1.0.0)")
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, "https://aom.cn-north-4.myhuaweicloud.com");
}
