/** A start of CloudFlow that is sent again: what an earlier attempt left open stays open. */
import type { Backend } from "../../provider/src/execution/service";
import {
  RequestInterruptedError,
  RunNameTakenError,
  ServiceError,
  StartUncertainError,
} from "../../provider/src/ground/errors";
import { services } from "../../provider/src/services/registry";
import type { FakeClock } from "../support/fakeClock";
import { fakeClock } from "../support/fakeClock";
import type { ScriptedAnswer, ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { never, settingsOf, testSession } from "../support/sessions";

const settings = settingsOf({ config: { "alicloud:accessKey": "a", "alicloud:secretKey": "s" } });

let server: ScriptedServer;
afterEach(() => server.close());

async function flow(answers: ScriptedAnswer[], clock: FakeClock = fakeClock()): Promise<Backend> {
  server = await startScriptedServer(answers);
  return testSession(settings, { clock }).connect(
    services.cloudflow,
    { endpoint: server.url, flowName: "f" },
    never,
  );
}

const start = (backend: Backend, signal = never): Promise<unknown> =>
  backend.start({ runName: "run-1", signal }).catch((error: unknown) => error);
const refusal: ScriptedAnswer = { status: 403, body: '{"Code":"AccessDenied"}' };

test("a refusal after an attempt that broke off leaves the start uncertain", async () => {
  expect(await start(await flow([{ drop: true }, refusal]))).toBeInstanceOf(StartUncertainError);
  expect(server.requests).toHaveLength(2);
});

test("a refusal after one for too many requests is a refusal", async () => {
  const error = await start(await flow([{ status: 429, body: '{"Code":"Throttling"}' }, refusal]));
  expect(error).toBeInstanceOf(ServiceError);
});

test.each([
  [503, StartUncertainError],
  [429, RequestInterruptedError],
])("an interruption between the attempts, after a %i", async (status, expected) => {
  const controller = new AbortController();
  const clock = fakeClock();
  const interrupting = {
    ...clock,
    sleep: () => {
      controller.abort();
      return Promise.resolve();
    },
  };
  expect(await start(await flow([{ status }], interrupting), controller.signal)).toBeInstanceOf(expected);
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["by an attempt before, perhaps", [{ drop: true }], true],
  ["by an earlier run", [], false],
])("the name is taken %s", async (_who, before, isSentAgain) => {
  const taken = { status: 400, body: '{"Code":"ExecutionAlreadyExists"}' };
  const error = await start(await flow([...before, taken]));
  expect(error).toBeInstanceOf(RunNameTakenError);
  expect(error).toMatchObject({ isSentAgain });
});
