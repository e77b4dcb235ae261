/**
 * Temporary keys of AWS: obtained once for all requests, renewed when a service calls them expired, whatever they said of their
 * life; a start that was refused for them is sent again, and no secret of theirs is shown.
 */
import { services } from "../../provider/src/services/registry";
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
