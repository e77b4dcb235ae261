/**
 * Temporary keys of AWS: obtained once for all requests, renewed when a service calls them expired, whatever they said of their
 * life; a start that was refused for them is sent again, and no secret of theirs is shown.
 */
import { RunRegister, create } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { fakeClock } from "../support/fakeClock";
import { recordingReporter } from "../support/lifecycleHosts";
import { never, settingsOf, testSession } from "../support/sessions";

const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy";
const environment = {
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/deployer",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
};

/** A cloud that takes the keys of the given session only. */
function cloud(goodSession: () => number): {
  readonly fetch: never;
  readonly asked: string[];
} {
  const asked: string[] = [];
  let sessions = 0;
  const answer = (status: number, text: string): unknown => ({
    status,
    headers: new Headers({ date: new Date().toUTCString() }),
    text: () => Promise.resolve(text),
  });
  const fetch = (url: string, init: { headers: Record<string, string>; body: string }): Promise<unknown> => {
    if (url.includes("sts.")) {
      sessions += 1;
      asked.push(`STS ${new URLSearchParams(init.body).get("WebIdentityToken") ?? ""}`);
      const expires = new Date(Date.now() + 3_600_000).toISOString();
      return Promise.resolve(
        answer(
          200,
          `<R><Credentials><AccessKeyId>ASIA${String(sessions)}</AccessKeyId><SecretAccessKey>secret-${String(sessions)}</SecretAccessKey><SessionToken>session-${String(sessions)}</SessionToken><Expiration>${expires}</Expiration></Credentials></R>`,
        ),
      );
    }
    const session = init.headers["x-amz-security-token"];
    asked.push(`${init.headers["x-amz-target"]!} ${session!}`);
    if (session !== `session-${String(goodSession())}`) {
      return Promise.resolve(answer(400, '{"__type":"ExpiredTokenException","message":"expired"}'));
    }
    const { name } = JSON.parse(init.body) as { name: string };
    const executionArn = stateMachineArn.replace("stateMachine", "execution");
    return Promise.resolve(
      answer(200, JSON.stringify({ executionArn: `${executionArn}:${name}`, startDate: 1 })),
    );
  };
  return { fetch: fetch as never, asked };
}

const open = async (
  good: () => number,
): Promise<{
  start: (name: string) => Promise<unknown>;
  asked: string[];
  secrets: () => readonly string[];
}> => {
  const { fetch, asked } = cloud(good);
  const session = testSession(settingsOf({ environment, files: { "/token": "web-identity\n" } }), { fetch });
  const backend = await session.connect(services.stepfunctions, { stateMachineArn }, never);
  return {
    asked,
    start: (runName) => backend.start({ runName, signal: never }),
    secrets: () => session.credentials.texts,
  };
};

test("keys are obtained once for requests that need them at the same time", async () => {
  const { start, asked, secrets } = await open(() => 1);
  await Promise.all([start("a"), start("b"), start("c")]);
  expect(asked.filter((what) => what.startsWith("STS"))).toEqual(["STS web-identity"]);
  expect(secrets()).toEqual(expect.arrayContaining(["web-identity", "secret-1", "session-1"]));
});

test("keys that a service calls expired are replaced once, and the start is sent again", async () => {
  const { start, asked } = await open(() => 2);
  expect(await start("a")).toMatchObject({ executionId: "a" });
  expect(asked).toEqual([
    "STS web-identity",
    "AWSStepFunctions.StartExecution session-1",
    "STS web-identity",
    "AWSStepFunctions.StartExecution session-2",
  ]);
});

test("keys that are refused again are no reason to try for ever", async () => {
  const { start, asked } = await open(() => 9);
  await expect(start("a")).rejects.toMatchObject({
    code: "WFX-AUTHENTICATION",
    serviceCode: "ExpiredTokenException",
  });
  expect(asked).toHaveLength(4);
});

test("two hours of waiting with keys of fifteen minutes: renewed in time, and no request is signed with ended ones", async () => {
  const clock = fakeClock();
  const began = clock.now();
  const lifeMs = 15 * 60_000;
  const ends: number[] = [];
  const late: string[] = [];
  const answer = (text: string): unknown => ({
    status: 200,
    headers: new Headers({ date: new Date(clock.now()).toUTCString() }),
    text: () => Promise.resolve(text),
  });
  const executionArn = stateMachineArn.replace("stateMachine", "execution");
  const fetch = (url: string, init: { headers: Record<string, string>; body: string }): Promise<unknown> => {
    if (url.includes("sts.")) {
      ends.push(clock.now() + lifeMs);
      const number = String(ends.length - 1);
      const expires = new Date(clock.now() + lifeMs).toISOString();
      return Promise.resolve(
        answer(
          `<R><Credentials><AccessKeyId>ASIA${number}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>${number}</SessionToken><Expiration>${expires}</Expiration></Credentials></R>`,
        ),
      );
    }
    const operation = init.headers["x-amz-target"]!.split(".").at(-1)!;
    if (ends[Number(init.headers["x-amz-security-token"])]! <= clock.now()) late.push(operation);
    if (operation === "ListExecutions") return Promise.resolve(answer('{"executions":[]}'));
    if (operation === "GetExecutionHistory") return Promise.resolve(answer('{"events":[]}'));
    const { name = "", executionArn: asked } = JSON.parse(init.body) as {
      name?: string;
      executionArn?: string;
    };
    const hasEnded = clock.now() - began >= 2 * 3_600_000;
    return Promise.resolve(
      answer(
        JSON.stringify({
          executionArn: asked ?? `${executionArn}:${name}`,
          stateMachineArn,
          status: hasEnded ? "SUCCEEDED" : "RUNNING",
          startDate: began / 1000,
          ...(hasEnded ? { stopDate: clock.now() / 1000 } : {}),
        }),
      ),
    );
  };
  const settings = settingsOf({ environment, files: { "/token": "web-identity" } });
  const outcome = await create(
    { stateMachineArn, timeoutSeconds: 3 * 3_600 },
    {
      definition: services.stepfunctions,
      session: testSession(settings, { fetch: fetch as never, clock }),
      signal: never,
      urn: "urn:pulumi:t::t::pulumi-nodejs:stepfunctions:WorkflowExecution::x",
      register: new RunRegister(),
      secretArguments: [],
      reporter: recordingReporter(),
    },
  );
  expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
  expect(clock.now() - began).toBeGreaterThanOrEqual(2 * 3_600_000);
  expect(late).toEqual([]);
  // Renewed when a third of their life is left: every ten minutes.
  expect(ends.length).toBeGreaterThanOrEqual(9);
  expect(ends.length).toBeLessThanOrEqual(14);
});
