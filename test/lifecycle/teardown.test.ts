/**
 * Teardown runbooks (`runOn: "destroy"`): armed without running, run once when the resource is destroyed, and once only,
 * however often a destroy is cut short.
 */
import { reasonsOf } from "../../provider/src/fronts/dynamic/differences";
import type { Arguments, Outcome } from "../../provider/src/lifecycle";
import { check, create, deleteExecution, diff, read, update } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { control, requestsOf } from "../support/emulators";
import type { Machine, ProcessOptions, Scene } from "../support/machines";
import { afterLostAnswers, openScene, proveNames } from "../support/machines";
import { registeredServices } from "../support/everyService";

const minuteMs = 60_000;

let scene: Scene;
afterEach(() => scene.close());

const ids = async (): Promise<string[]> => (await scene.executions()).map(({ executionId }) => executionId);

describe.each(registeredServices)("%s", (service) => {
  const definition = services[service];
  let machine: Machine;
  let urn: string;

  beforeEach(async () => {
    scene = await openScene(service);
    await scene.takes(10 * minuteMs);
    machine = scene.machine();
    ({ urn = "" } = machine.process());
  });

  const args = (more: Arguments = {}): Arguments => scene.args({ runOn: "destroy", ...more });
  const arm = (more: Arguments = {}): Promise<Outcome> => create(args(more), machine.process());

  async function destroy(armed: Outcome, on = machine, options: ProcessOptions = {}): Promise<void> {
    await deleteExecution(armed.id, armed.state, on.process(options));
  }

  async function failure(work: Promise<unknown>): Promise<{ code?: string; message: string }> {
    return work.then(
      () => {
        throw new Error("it succeeded");
      },
      (error: unknown) => error as { code?: string; message: string },
    );
  }

  /**
   * Runs `pulumi up`, `preview` and `refresh` with an armed execution in between: nothing happens, without a request.
   */
  async function meanwhile(armed: Outcome): Promise<void> {
    const host = machine.process();
    await host.register.recorded(service, urn, armed.id);
    expect(await read(armed.id, armed.state, host)).toEqual(armed.state);
  }

  /** A destroy that is killed when the service has handled its start, before the answer. */
  async function killedBeforeAnswer(armed: Outcome): Promise<void> {
    const killed = new AbortController();
    await scene.fault({ operation: scene.startOperation, action: "dropAfter", count: null });
    const session = await afterLostAnswers(scene, 1, () => {
      killed.abort();
    });
    const host = { ...machine.process({ signal: killed.signal }), session };
    await failure(deleteExecution(armed.id, armed.state, host));
    await control(scene.emulator, "DELETE", "/faults");
    expect(await ids()).toHaveLength(1);
  }

  /** A destroy that is killed while it waits. */
  async function killedWhileWaiting(armed: Outcome): Promise<void> {
    const killed = new AbortController();
    const onStatus = (text: string): void => {
      if (text !== "starting") killed.abort();
    };
    const error = await failure(destroy(armed, machine, { signal: killed.signal, onStatus }));
    expect(error.message).toContain("The next `pulumi destroy` resumes waiting for this execution");
    expect(await ids()).toHaveLength(1);
  }

  test("is armed, looked at, changed and replaced without a request", async () => {
    const armed = await arm({ triggers: { a: 1 } });
    expect(armed).toMatchObject({ kind: "ready", state: { status: "waiting", runOn: "destroy", steps: [] } });
    await meanwhile(armed);
    const news = args({ triggers: { a: 2 }, timeoutSeconds: 5 });
    const changed = await update(armed.id, armed.state, news, machine.process());
    expect(changed).toMatchObject({ kind: "ready", id: armed.id, state: news });
    await deleteExecution(armed.id, armed.state, { ...machine.process(), isReplacement: true });
    expect(await requestsOf(scene.emulator)).toEqual([]);
  });

  test("a change is an update, in words that say when it counts", async () => {
    const armed = await arm({ triggers: { a: 1 } });
    const planned = diff(definition, armed.id, armed.state, args({ triggers: { a: 2 }, rerunOn: "always" }));
    expect(planned.action).toBe("update");
    expect(reasonsOf(planned.changes)).toContain("triggers changed (runs only on destroy)");
    expect(diff(definition, armed.id, armed.state, args({ triggers: { a: 1 } })).action).toBe("none");
  });

  test("is run and awaited when its resource is destroyed", async () => {
    const armed = await arm();
    await destroy(armed);
    expect((await scene.executions()).map(({ status }) => status.toLowerCase())).toEqual([
      expect.stringMatching(/succe/),
    ]);
  });

  test("each arming is a run of its own", async () => {
    await destroy(await arm());
    await destroy(await arm());
    const other = "urn:pulumi:test::test::type::other";
    const key = { executionKey: "shared" };
    await destroy(await arm(key));
    await destroy(await create(args(key), machine.process({ urn: other })), machine, { urn: other });
    expect(await ids()).toHaveLength(4);
  });

  test.each(["the same machine", "another machine"])(
    "a failure keeps the resource and says so; the next destroy, on %s, is another attempt",
    async (where) => {
      await scene.takes(minuteMs, { runs: [{ status: "fail" }, { status: "fail" }, {}] });
      const armed = await arm();
      for (let round = 1; round <= 2; round += 1) {
        const on = where === "the same machine" ? machine : scene.machine();
        const error = await failure(destroy(armed, on));
        expect(error.code).toBe("WFX-EXECUTION-FAILED");
        expect(error.message).toContain((await ids()).at(-1));
        expect(error.message).toContain(
          "The resource stays in the state. The next `pulumi destroy` runs the workflow again.",
        );
        expect(await ids()).toHaveLength(round);
        if (on === machine) await meanwhile(armed);
      }
      await destroy(armed, where === "the same machine" ? machine : scene.machine());
      expect(await ids()).toHaveLength(3);
    },
  );

  test("where failures may be, the resource goes, with a warning", async () => {
    await scene.takes(minuteMs, { status: "fail" });
    const armed = await arm({ onFailure: "continue" });
    const host = machine.process();
    await deleteExecution(armed.id, armed.state, host);
    expect(host.reporter.warnings).toEqual([
      expect.stringMatching(
        /^execution \S+ failed after 1m\n(?:.*\n)*? {2}The resource is removed \(onFailure is "continue"\)\.\n.*WFX-EXECUTION-FAILED/,
      ),
    ]);
    expect(await ids()).toHaveLength(1);
  });

  test("a destroy that runs out of time: the next one goes on waiting for the same execution", async () => {
    const armed = await arm({ timeoutSeconds: 60 });
    const error = await failure(destroy(armed));
    expect(error.message).toContain("is still running after this deployment waited 1m");
    expect(error.message).toContain(
      "The next `pulumi destroy` resumes waiting for this execution. Nothing is started twice.",
    );
    await meanwhile(armed);
    // As after an `up` in between that gives it more time.
    const patient = await update(armed.id, armed.state, args(), machine.process());
    await destroy({ ...armed, ...patient });
    expect(await ids()).toHaveLength(1);
  });

  test.each([
    ["before the answer", "while it runs", 0],
    ["before the answer", "when it has ended", 60 * minuteMs],
    ["while it waits", "while it runs", 0],
    ["while it waits", "when it has ended", 60 * minuteMs],
  ])("killed %s, a refresh, and destroyed again %s: one run", async (where, _when, laterMs) => {
    const kill = where === "while it waits" ? killedWhileWaiting : killedBeforeAnswer;
    const armed = await arm();
    await kill(armed);
    await meanwhile(armed);
    await scene.advance(laterMs);
    await destroy(armed);
    expect(await ids()).toHaveLength(1);
  });

  test("killed, and destroyed from another machine while it runs: never two at once", async () => {
    const armed = await arm();
    await killedWhileWaiting(armed);
    const [running] = await ids();
    const again = destroy(armed, scene.machine());
    if (service === "aom") {
      const error = await failure(again);
      expect(error.message).toContain(running);
      // A remedy that check refuses is no way out.
      expect(error.message).not.toContain("adoptExecutionId");
      expect(error.message).toContain("pulumi state delete");
    } else {
      await again;
    }
    expect(await ids()).toEqual([running]);
  });

  test("killed, and destroyed from another machine when it has ended: not again where its mark can be read", async () => {
    const armed = await arm();
    await killedWhileWaiting(armed);
    await scene.advance(60 * minuteMs);
    await destroy(armed, scene.machine());
    expect(await ids()).toHaveLength(service === "aom" ? 2 : 1);
  });

  test("killed, changed, and destroyed again: the old run is stopped, the new one is seen through", async () => {
    const armed = await arm({ triggers: { a: 1 } });
    await killedWhileWaiting(armed);
    const changed = await update(armed.id, armed.state, args({ triggers: { a: 2 } }), machine.process());
    await destroy(changed);
    expect((await scene.executions()).map(({ status }) => status.toLowerCase())).toEqual([
      expect.stringMatching(/cancel|stopped|aborted/),
      expect.stringMatching(/succe/),
    ]);
  });

  test("one whose record is gone is told as such, and can be let go", async () => {
    const armed = await arm();
    await killedWhileWaiting(armed);
    const [only] = await scene.executions();
    const { executionId, workflowId } = only!;
    const id =
      services[service].capabilities.runMark === "name" ? `${workflowId}:${executionId}` : executionId;
    await control(scene.emulator, "DELETE", `/executions/${encodeURIComponent(id)}`);
    const error = await failure(destroy(armed));
    expect(error.message).toContain(`the service no longer knows execution ${executionId}`);
    const patient = await update(armed.id, armed.state, args({ waitFor: "started" }), machine.process());
    await destroy(patient);
    expect(await ids()).toEqual([]);
  });

  test("fire and forget: started, and the resource goes", async () => {
    const armed = await arm({ waitFor: "started" });
    await destroy(armed);
    expect((await scene.executions()).map(({ status }) => status.toLowerCase())).toEqual(["running"]);
  });

  test("a start that is refused is an ordinary error; nothing has run, and the next destroy runs it", async () => {
    const armed = await arm();
    await scene.fault({ operation: scene.startOperation, action: "status", status: 403 });
    await expect(destroy(armed)).rejects.toThrow(/403/);
    await destroy(armed);
    expect(await ids()).toHaveLength(1);
  });

  test("an answer that gets lost: one run", async () => {
    const armed = await arm();
    await scene.fault({ operation: scene.startOperation, action: "dropAfter" });
    await destroy(armed);
    expect(await ids()).toHaveLength(1);
  });

  test("a queue is waited for, and what runs before is no attempt of it", async () => {
    const armed = await arm({ concurrency: "queue" });
    const proof = await proveNames(scene);
    const others = await scene.foreign();
    await destroy(armed);
    const all = await ids();
    expect(all).toHaveLength(2 + proof.length);
    expect(all.at(-2)).toBe(others);
    const [first, second] = (await scene.executions()).slice(proof.length) as unknown as {
      endedAt: number;
      startedAt: number;
    }[];
    expect(second!.startedAt).toBeGreaterThanOrEqual(first!.endedAt);
  });

  test("from running at once to teardown and back: what the preview says, and what runs", async () => {
    const first = await create(scene.args(), machine.process());
    const toTeardown = diff(definition, first.id, first.state, args());
    expect(toTeardown).toMatchObject({ action: "rearm", deleteFirst: false });
    expect(reasonsOf(toTeardown.changes)).toEqual(["runOn changed"]);
    await machine.process().register.recorded(service, urn, first.id);
    const armed = await create(args(), machine.process({ supersedes: { id: first.id } }));
    await deleteExecution(first.id, first.state, { ...machine.process(), isReplacement: true });
    expect(await ids()).toEqual([first.id]);

    const back = diff(definition, armed.id, armed.state, scene.args());
    expect(back).toMatchObject({ action: "rerun", deleteFirst: false });
    expect(reasonsOf(back.changes)).toEqual(["runOn changed"]);
    await meanwhile(armed);
    const second = await create(scene.args(), machine.process({ supersedes: { id: armed.id } }));
    await deleteExecution(armed.id, armed.state, { ...machine.process(), isReplacement: true });
    expect(await ids()).toEqual([first.id, second.id]);
  });

  test("adoptExecutionId makes no sense with it, and is refused with a reason", () => {
    const problems = check(definition, args({ adoptExecutionId: "x" }), machine.process().session.settings);
    expect(problems).toMatchObject([
      { argument: "adoptExecutionId", reason: expect.stringContaining('runOn "destroy"') },
    ]);
  });
});
