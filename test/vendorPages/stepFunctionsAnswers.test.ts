/**
 * Answers of Step Functions that no server here gives: synchronous runs and redrives, as the service writes them.
 * test/seeds/stepFunctionsAnswers.json says where they are from.
 */
import seed from "../seeds/stepFunctionsAnswers.json";
import type { Backend } from "../../provider/src/execution/service";
import { ResponseFormatError, StartUncertainError } from "../../provider/src/ground/errors";
import { services } from "../../provider/src/services/registry";
import type { ScriptedAnswer, ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { never, settingsOf, testSession } from "../support/sessions";

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

const open = async (answers: readonly ScriptedAnswer[], stateMachineType: string): Promise<Backend> => {
  server = await startScriptedServer(answers);
  const stateMachineArn = `arn:aws:states:us-east-1:123456789012:stateMachine:${seed.stateMachine}`;
  const settings = settingsOf({ config: { "aws:accessKey": "AKIATEST", "aws:secretKey": "secret" } });
  const args = { stateMachineArn, stateMachineType, endpoint: server.url };
  return testSession(settings).connect(services.stepfunctions, args, never);
};
const sent = (): Record<string, unknown>[] =>
  server!.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe("StartSyncExecution", () => {
  const { succeeded, failed } = seed.answers.StartSyncExecution;
  const run = async (body: string, runName = "run-1"): Promise<unknown> =>
    (await open([{ body }], "EXPRESS")).start({ runName, signal: never });

  test("a run that succeeded: times with an exponent, the output as a value", async () => {
    expect(await run(succeeded)).toEqual({
      executionId: "run-1:7a29abfd-a52c-4802-8ebf-df6f127e9ec2",
      outcome: {
        executionId: "run-1:7a29abfd-a52c-4802-8ebf-df6f127e9ec2",
        status: "succeeded",
        rawStatus: "SUCCEEDED",
        startedAt: "2025-11-24T16:00:00.974Z",
        settledAt: "2025-11-24T16:00:05.978Z",
        output: { version: "1.4.2" },
        steps: [],
      },
    });
    expect(sent()).toEqual([
      { stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:SyncMigrate", name: "run-1" },
    ]);
  });

  test("a run that failed: a good answer with error and cause, and no output", async () => {
    expect(await run(failed)).toMatchObject({
      outcome: {
        status: "failed",
        rawStatus: "FAILED",
        error: "MigrationRefused: the schema is older than the data",
        settledAt: "2025-11-24T16:00:16.335Z",
      },
    });
  });

  test("a run that timed out", async () => {
    const timedOut = failed.replace('"FAILED"', '"TIMED_OUT"').replace("MigrationRefused", "States.Timeout");
    expect(await run(timedOut)).toMatchObject({ outcome: { status: "timedOut", rawStatus: "TIMED_OUT" } });
  });

  test.each(["run-2", "run"])(
    "an answer about another run says nothing of %s, which may have run",
    async (name) => {
      await expect(run(succeeded, name)).rejects.toThrow(StartUncertainError);
    },
  );
});

describe("RedriveExecution", () => {
  const { accepted } = seed.answers.RedriveExecution;

  test("names the execution, and a token of at most 64 characters", async () => {
    const backend = await open([{ body: accepted }], "STANDARD");
    await backend.retry!("run-1", never);
    expect(sent()).toEqual([
      {
        executionArn: "arn:aws:states:us-east-1:123456789012:execution:SyncMigrate:run-1",
        clientToken: expect.stringMatching(/^[!-~]{1,64}$/),
      },
    ]);
  });

  test("an answer that is lost: sent again with the same token, so that the service redrives once", async () => {
    const backend = await open([{ drop: true }, { body: accepted }], "STANDARD");
    await backend.retry!("run-1", never);
    const [first, second] = sent();
    expect(second).toEqual(first);
    await backend.retry!("run-1", never);
    expect(sent()[2]!["clientToken"]).not.toBe(first!["clientToken"]);
  });

  test("a web page is no answer", async () => {
    const backend = await open([{ body: "<html>" }], "STANDARD");
    await expect(backend.retry!("run-1", never)).rejects.toThrow(ResponseFormatError);
  });
});
