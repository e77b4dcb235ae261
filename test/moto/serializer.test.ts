/**
 * Every request of the provider equals the request that the vendor's own client would send for the same parameters:
 * botocore's serializer, which checks them by the vendor's service model. The tests' copies of that model, and of
 * answers that no server here gives, equal those that botocore has and reads. Skipped by name where MOTO_PYTHON names
 * no Python with the packages.
 */
import type { HttpRequest } from "../../provider/src/http/request";
import * as api from "../../provider/src/services/aws/stepfunctions/api";
import { placeOf } from "../../provider/src/services/aws/stepfunctions/place";
import { settingsOf } from "../support/sessions";
import answerSeed from "../seeds/stepFunctionsAnswers.json";
import modelSeed from "../seeds/stepFunctionsModel.json";
import type { Moto } from "./moto";
import { motoPython, startMoto } from "./moto";

const onMoto = motoPython === undefined || motoPython === "" ? describe.skip : describe;

onMoto("requests by botocore's serializer (skipped where MOTO_PYTHON names no Python)", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.close());

  const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy";
  const place = placeOf({ stateMachineArn }, settingsOf({}));
  const start = { name: "run-1", input: '{"text":"中 é"}' };
  const all: Record<string, HttpRequest> = {
    buildStartExecution: api.buildStartExecution(place, start),
    buildStartSyncExecution: api.buildStartSyncExecution(place, start),
    buildDescribeExecution: api.buildDescribeExecution(place, "run-1"),
    buildListExecutions: api.buildListExecutions(place, {
      limit: 1_000,
      status: "TIMED_OUT",
      nextToken: "t",
    }),
    buildGetExecutionHistory: api.buildGetExecutionHistory(place, "run-1", { limit: 1_000, withData: false }),
    buildStopExecution: api.buildStopExecution(place, "run-1", { error: "E", cause: "because" }),
    buildRedriveExecution: api.buildRedriveExecution(place, "run-1", "00000000-0000-4000-8000-000000000000"),
  };

  test("there is no other request", () => {
    expect(
      Object.keys(api)
        .filter((name) => name.startsWith("build"))
        .sort(),
    ).toEqual(Object.keys(all).sort());
  });

  test.each(Object.entries(all))("%s", async (_name, request) => {
    const parameters: unknown = JSON.parse(request.body!);
    const made = (await moto.ask("serialize", { operation: request.operation, parameters })) as {
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly path: string;
      readonly hostPrefix: string;
    };
    expect(parameters).toEqual(JSON.parse(made.body));
    expect(made.path).toBe("/");
    expect(request.headers).toMatchObject({
      "x-amz-target": made.headers["X-Amz-Target"],
      "content-type": made.headers["Content-Type"],
    });
    expect(request.endpoint).toBe(`https://${made.hostPrefix}states.eu-west-1.amazonaws.com`);
  });

  test("the model that the other tests go by is botocore's", async () => {
    const { provenance: _provenance, ...kept } = modelSeed;
    expect(await moto.ask("model", {})).toEqual(kept);
  });

  const answers = Object.entries(answerSeed.answers).flatMap(([operation, bodies]) =>
    Object.entries(bodies).map(([what, body]) => [operation, what, body] as const),
  );
  test.each(answers)(
    "the answer that the tests keep of %s, %s, is one that botocore reads",
    async (operation, _what, body) => {
      const read = (await moto.ask("parse", { operation, body })) as Readonly<Record<string, unknown>>;
      const { answer, alwaysInAnswer } = modelSeed.operations[operation as keyof typeof answerSeed.answers];
      // `__type` is no member, and botocore leaves it out.
      const members = Object.keys(JSON.parse(body) as object);
      expect(Object.keys(read).sort()).toEqual(members.sort());
      expect(answer).toEqual(expect.arrayContaining(members));
      expect(members).toEqual(expect.arrayContaining(alwaysInAnswer));
    },
  );
});
