/**
 * Services that ask to wait for a day, page for ever, give invalid ids, or answer a question that was not asked. In
 * every case a deployment ends in its time, starts nothing that it can't know of, and loses no id.
 */
import {
  IncompleteListError,
  ResponseFormatError,
  StartUncertainError,
} from "../../provider/src/ground/errors";
import type { Arguments, Outcome } from "../../provider/src/lifecycle";
import {
  create,
  deleteExecution,
  getExecution,
  iterateExecutions,
  listExecutions,
  read,
} from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { registeredServices } from "../support/everyService";
import type { Answers, Hostile } from "../support/hostileService";
import { comeBackTomorrow, hostile, hostileId, json, loginPage } from "../support/hostileService";
import { wires } from "../support/hostileWires";

// The time by which a wait may exceed its limit: one request.
const requestSeconds = 30;

let open: Hostile;

describe.each(registeredServices)("%s", (service) => {
  const wire = wires[service];
  const serve = (answers: Answers): Hostile => (open = hostile(service, answers));
  const deploy = (more: Arguments = {}): Promise<Outcome> =>
    create({ ...open.args, timeoutSeconds: 3, ...more }, open.host);
  const errorOf = async (work: Promise<unknown>): Promise<Error & { code?: string }> =>
    open.run(work).then(
      (value) => {
        throw new Error(`nothing was thrown, but given: ${JSON.stringify(value)}`);
      },
      (error: unknown) => error as Error,
    );
  const running = (id = hostileId): Arguments => ({
    ...wire.args,
    executionId: id,
    status: "running",
    rawStatus: "running",
    steps: [],
  });

  describe("asks to wait for a day", () => {
    test("before a start: nothing is started in the deployment's time, and that is said with the reason", async () => {
      const { count, seconds } = serve({ start: () => comeBackTomorrow });
      const error = await errorOf(deploy());
      expect(error.code).toBe("WFX-START-TIMEOUT");
      expect(error.message).toMatch(
        /^no execution of .* was started within 3s \(timeoutSeconds\): \w+ was refused: HTTP 429/,
      );
      expect(seconds()).toBe(3);
      expect(count("start")).toBe(1);
    });

    test("before a list that decides about a start: nothing is started", async () => {
      const { count, seconds } = serve({ list: () => comeBackTomorrow });
      const error = await errorOf(deploy({ concurrency: "reject" }));
      expect(error.code).toMatch(/^WFX-(START-TIMEOUT|WORKFLOW-BUSY)$/);
      expect(count("start")).toBe(0);
      expect(seconds()).toBeLessThanOrEqual(3 + requestSeconds);
    });

    test("before the status request for what is to be adopted: nothing is started", async () => {
      const { count, seconds } = serve({ look: () => comeBackTomorrow });
      expect((await errorOf(deploy({ adoptExecutionId: "ex-9" }))).code).toBe("WFX-START-TIMEOUT");
      expect(count("start")).toBe(0);
      expect(seconds()).toBeLessThanOrEqual(3 + requestSeconds);
    });

    test("before a status request of a wait: an ordinary timeout, and the id is kept", async () => {
      const { seconds } = serve({ look: () => comeBackTomorrow });
      const outcome = await open.run(deploy());
      expect(outcome).toMatchObject({ kind: "unready", state: { executionId: outcome.id } });
      const [reason] = outcome.kind === "unready" ? outcome.reasons : [];
      expect(reason).toContain(`execution ${outcome.id} was not seen to finish within 3s`);
      expect(reason).toMatch(/the last status request failed: \w+ was refused: HTTP 429/);
      // A last status request could not be had in time, so none is waited for.
      expect(seconds()).toBeLessThanOrEqual(4);
    });

    test("before the only look of fire and forget: ready, with a warning", async () => {
      const { seconds, host } = serve({ look: () => comeBackTomorrow });
      expect(await open.run(deploy({ waitFor: "started" }))).toMatchObject({ kind: "ready" });
      expect(host.reporter.warnings).toHaveLength(1);
      expect(seconds()).toBeLessThanOrEqual(60);
    });

    test("before the stop after a timeout: told as not stopped", async () => {
      const { seconds } = serve({ stop: () => comeBackTomorrow });
      const outcome = await open.run(deploy({ onTimeout: "stop" }));
      const [reason] = outcome.kind === "unready" ? outcome.reasons : [];
      expect(reason).toContain("could not be stopped");
      expect(seconds()).toBeLessThanOrEqual(3 + requestSeconds + 60);
    });

    test("before the stop of a destroy: the resource stays, and it is not said to have been asked to stop", async () => {
      const { seconds, host } = serve({ stop: () => comeBackTomorrow });
      const error = await errorOf(
        deleteExecution(hostileId, running(), { ...host, operationTimeoutSeconds: 20 }),
      );
      expect(error.code).toBe("WFX-EXECUTION-NOT-STOPPED");
      expect(error.message).toMatch(/^execution ex-1 could not be asked to stop within 20s: \w+ was refused/);
      expect(seconds()).toBeLessThanOrEqual(20 + requestSeconds);
    });

    test("before the looks of a destroy: the resource stays, in time", async () => {
      const { seconds, host } = serve({ look: () => comeBackTomorrow });
      const error = await errorOf(
        deleteExecution(hostileId, running(), { ...host, operationTimeoutSeconds: 20 }),
      );
      expect(error.code).toBe("WFX-EXECUTION-NOT-STOPPED");
      expect(seconds()).toBeLessThanOrEqual(20 + requestSeconds);
    });

    test("before the status request of a refresh, or of a function: an error within five minutes", async () => {
      const { seconds, host, args } = serve({ look: () => comeBackTomorrow });
      expect((await errorOf(read(hostileId, running(), host))).code).toBe("WFX-THROTTLED");
      expect(seconds()).toBeLessThanOrEqual(300);
      const { session } = serve({ look: () => comeBackTomorrow }).host;
      await errorOf(getExecution(services[service], args, hostileId, session));
      expect(open.seconds()).toBeLessThanOrEqual(300);
    });
  });

  describe("does not answer", () => {
    const hang = { hang: true };

    test("a status request of a wait: an ordinary timeout, one request after the deadline", async () => {
      const { seconds } = serve({ look: () => hang });
      const outcome = await open.run(deploy());
      expect(outcome).toMatchObject({ kind: "unready", state: { executionId: outcome.id } });
      const [reason] = outcome.kind === "unready" ? outcome.reasons : [];
      expect(reason).toContain(`execution ${outcome.id} was not seen to finish within 3s`);
      expect(reason).toContain(
        "; it may still be running\n  the last status request failed: no answer in time",
      );
      expect(seconds()).toBeLessThanOrEqual(3 + requestSeconds);
    });

    test("a status request for what is to be adopted, and a list that decides: nothing is started", async () => {
      const { count, seconds } = serve({ look: () => hang, list: () => hang });
      expect((await errorOf(deploy({ adoptExecutionId: "ex-9" }))).code).toBe("WFX-START-TIMEOUT");
      expect(seconds()).toBeLessThanOrEqual(3 + requestSeconds);
      expect((await errorOf(deploy({ concurrency: "queue" }))).code).toBe("WFX-START-TIMEOUT");
      expect(seconds()).toBeLessThanOrEqual(2 * (3 + requestSeconds));
      expect(count("start")).toBe(0);
    });

    test("a stop, or the status request after it: the resource stays, in time", async () => {
      for (const asked of ["stop", "look"]) {
        const { seconds, host } = serve({ [asked]: () => hang });
        const deleted = deleteExecution(hostileId, running(), { ...host, operationTimeoutSeconds: 20 });
        expect((await errorOf(deleted)).code).toBe("WFX-EXECUTION-NOT-STOPPED");
        expect(seconds()).toBeLessThanOrEqual(20 + requestSeconds);
      }
    });

    test("Ctrl-C is heard by whatever waits", async () => {
      for (const asked of ["look", "list"]) {
        const controller = new AbortController();
        open = hostile(service, { [asked]: () => hang }, { signal: controller.signal });
        const work = deploy({ timeoutSeconds: 3_600, concurrency: "reject" }).catch(() => undefined);
        void open.host.session.clock.sleep(5_000).then(() => {
          controller.abort();
        });
        await open.run(work);
        expect(open.seconds()).toBeLessThanOrEqual(6);
      }
    });
  });

  describe("gives an id that is none", () => {
    test.each([".", "..", "../x", "a/b", "a\nb", "\ud83d", "\u202ex", "", "x".repeat(1_000), 7.5, {}])(
      "for a start (%#): the start is uncertain, and not repeated",
      async (id) => {
        const { count } = serve({ start: () => json(wire.started(id)) });
        expect(await errorOf(deploy())).toBeInstanceOf(StartUncertainError);
        expect(count("start")).toBe(1);
      },
    );

    test("in a list: left out where it is shown, and said so", async () => {
      const rows = [{ id: "ex-3" }, { id: ".." }, { id: "ex-2", status: "succeeded" as const }];
      const { host, args } = serve({ list: () => json(wire.listed(rows)) });
      const { executions, isIncomplete } = await open.run(
        listExecutions(services[service], args, {}, host.session),
      );
      expect(executions.map(({ executionId }) => executionId)).toEqual(["ex-3", "ex-2"]);
      expect(isIncomplete).toBe(true);
    });

    test("in a list that decides, of one that may run: nothing is started", async () => {
      const { count } = serve({ list: () => json(wire.listed([{ id: "a\nb" }])) });
      const error = await errorOf(deploy({ concurrency: "reject" }));
      expect(error).toBeInstanceOf(IncompleteListError);
      expect(error.message).toMatch(/could not be read completely: 1 of its rows has no readable id\.$/);
      expect(count("start")).toBe(0);
    });

    test("in a list that decides, of one that has ended: of no concern", async () => {
      serve({ list: () => json(wire.listed([{ id: "a\nb", status: "succeeded" }])) });
      expect(await open.run(deploy({ concurrency: "reject" }))).toMatchObject({ kind: "unready" });
    });
  });

  describe("answers what was not asked", () => {
    test("another execution's end does not end the wait", async () => {
      serve({ look: () => json(wire.looked("another", "succeeded")) });
      const outcome = await open.run(deploy());
      expect(outcome).toMatchObject({
        kind: "unready",
        state: { executionId: outcome.id, status: "running" },
      });
    });

    test("another execution's status is not what a refresh stores", async () => {
      const { host } = serve({ look: () => json(wire.looked("another", "succeeded")) });
      const error = await errorOf(read(hostileId, running(), host));
      expect(error).toBeInstanceOf(ResponseFormatError);
      expect(error.message).toContain('"another", but the request was for "ex-1"');
    });

    test("a login page is no sign that a stop was accepted", async () => {
      const { host, count } = serve({ stop: () => loginPage });
      const error = await errorOf(deleteExecution(hostileId, running(), host));
      expect(error).toBeInstanceOf(ResponseFormatError);
      expect(count("look")).toBe(0);
    });

    test("a proxy's page with 404 is no sign that an execution is gone", async () => {
      const page = { ...loginPage, status: 404 };
      const { host } = serve({ look: () => page, stop: () => page });
      expect((await errorOf(read(hostileId, running(), host))).code).toBe("WFX-SERVICE");
      await errorOf(deleteExecution(hostileId, running(), host));
    });

    test("a list of what was not asked for has nothing in it that runs", async () => {
      const rows = [{ id: "ex-2", status: "succeeded" as const }];
      serve({ list: () => json(wire.listed(rows)) });
      expect(await open.run(deploy({ concurrency: "reject" }))).toMatchObject({ kind: "unready" });
    });
  });

  describe("has more to say than can be read", () => {
    const huge = (): ReturnType<typeof json> => ({ body: `{"x":"${"x".repeat(16 * 1024 * 1024)}"}` });

    test("of a start: it is uncertain, and not repeated", async () => {
      const { count } = serve({ start: huge });
      const error = await errorOf(deploy());
      expect(error).toBeInstanceOf(StartUncertainError);
      expect(error.message).toContain("answered with more than 16 MiB");
      expect(count("start")).toBe(1);
    });

    test("of an execution, once: the wait goes on", async () => {
      serve({
        look: (_request, count) => (count === 1 ? huge() : undefined),
      });
      expect(await open.run(deploy())).toMatchObject({ kind: "unready", state: { status: "running" } });
    });
  });
});

describe.each(["aom", "functiongraph"] as const)("%s: a login that asks to wait for a day", (service) => {
  const config = {
    "huaweicloud:token": "",
    "huaweicloud:userName": "demo",
    "huaweicloud:password": "demo-password-1",
    "huaweicloud:domainName": "demo",
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    open.run(
      work.then(
        () => "none",
        (error: unknown) => (error as { code?: unknown }).code,
      ),
    );

  test.each([
    ["to wait for a day", comeBackTomorrow],
    ["for nothing, and hangs", { hang: true }],
  ])("asks %s: nothing is started, in the deployment's time", async (_what, answer) => {
    open = hostile(service, { login: () => answer }, { config });
    const work = create({ ...open.args, timeoutSeconds: 3 }, open.host);
    expect(await codeOf(work)).toBe("WFX-START-TIMEOUT");
    expect(open.seconds()).toBeLessThanOrEqual(3 + requestSeconds);
    expect(open.count("start")).toBe(0);
  });

  test("each who waits for it keeps their own time", async () => {
    open = hostile(service, { login: () => comeBackTomorrow }, { config });
    const endedAt = async (workflowId: string, timeoutSeconds: number): Promise<number> => {
      await create({ workflowId, timeoutSeconds }, open.host).catch(() => undefined);
      return open.seconds();
    };
    const [short, long] = await open.run(Promise.all([endedAt("a", 3), endedAt("b", 100)]));
    expect(short).toBeLessThanOrEqual(3 + requestSeconds);
    expect(long).toBeLessThanOrEqual(100 + requestSeconds);
    expect(open.count("login")).toBe(1);
  });
});

const paging = registeredServices.filter((service) => services[service].capabilities.pageSize !== undefined);

describe.each(paging)("%s: a list without an end", (service) => {
  const wire = wires[service];
  const rows = service === "functiongraph" ? 200 : service === "coc" ? 100 : 99;
  const full = Array.from({ length: rows }, (_, index) => ({ id: `ex-${String(index)}` }));
  // FunctionGraph and COC page by offset: a service that ignores it gives the same page for ever.
  const endless: readonly [string, Answers][] = [
    ["the same page for ever", { list: () => json(wire.listed(full, "t")) }],
    ["new tokens for ever", { list: (_request, count) => json(wire.listed(full, `t${String(count)}`)) }],
  ];

  test.each(endless)("%s: nothing is started by it", async (_what, answers) => {
    open = hostile(service, answers);
    const work = open.run(create({ ...open.args, concurrency: "reject" }, open.host));
    await expect(work).rejects.toBeInstanceOf(IncompleteListError);
    expect(open.count("start")).toBe(0);
    expect(open.count("list")).toBeLessThan(10);
  });

  test.each(endless)(
    "%s: a function gives what was read, and says that there may be more",
    async (_what, answers) => {
      open = hostile(service, answers);
      const { args, host } = open;
      const list = await open.run(listExecutions(services[service], args, { limit: 100_000 }, host.session));
      expect(list.executions).toHaveLength(full.length);
      expect(list.isIncomplete).toBe(true);
      expect(list.nextToken).toBeUndefined();
      expect(open.count("list")).toBeLessThan(10);
    },
  );

  test.each(endless)(
    "%s: who goes through it has what was read, and then an error",
    async (_what, answers) => {
      open = hostile(service, answers);
      const seen: string[] = [];
      const through = async (): Promise<void> => {
        for await (const { executionId } of iterateExecutions(
          services[service],
          open.args,
          {},
          open.host.session,
        )) {
          seen.push(executionId);
        }
      };
      await expect(open.run(through())).rejects.toThrow(
        /could not be read completely: the service repeats the same page/,
      );
      expect(new Set(seen).size).toBe(full.length);
      expect(seen).toHaveLength(full.length);
    },
  );

  test("a part of it that is asked for is a part like any other", async () => {
    open = hostile(service, endless[1]![1]);
    const { args, host } = open;
    const list = await open.run(listExecutions(services[service], args, { limit: 20 }, host.session));
    expect(list.isIncomplete).toBeUndefined();
    expect(list.nextToken).toBeDefined();
  });

  test("a refresh of many settled executions does not read it for ever", async () => {
    const rows = full.map((row) => ({ ...row, status: "succeeded" as const }));
    open = hostile(service, { list: () => json(wire.listed(rows, "t")) });
    const { host, args } = open;
    const stored = { ...args, status: "succeeded", rawStatus: "x", steps: [] };
    const reads = Array.from({ length: 8 }, (_, index) => {
      const executionId = `gone-${String(index)}`;
      return read(executionId, { ...stored, executionId }, host);
    });
    await open.run(Promise.allSettled(reads));
    expect(open.count("list")).toBeLessThanOrEqual(5);
  });
});
