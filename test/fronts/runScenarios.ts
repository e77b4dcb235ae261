/**
 * The life of an execution, from its start to its end: what is right for both fronts, and what has to be the same.
 */
import { control } from "../support/emulators";
import type { Scenario, Stage } from "./stage";
import { keptOf } from "./stage";
import { until } from "../support/until";

/** Scenarios of runs. */
export const runScenarios: readonly Scenario[] = [
  {
    title: "create, nothing to do, another run by a trigger",
    name: "succeeds",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ output: { version: "1.4.2" } });
      const one = stage.resource({ triggers: { image: "1" } });
      const first = await stage.deployment("first");
      const created = await first.up(one);
      const kept = keptOf(created);
      expect(created).toMatchObject({ action: "created", kept: { reasons: [], readsFirst: false } });
      expect(kept.outputs).toMatchObject({ status: "succeeded", executionId: kept.id, ...one.args });

      const second = await stage.deployment("second");
      expect(await second.preview(one, kept)).toMatchObject({ action: "same" });
      const again = await second.up(one, kept);
      expect(again.action).toBe("same");
      expect(await stage.runs()).toEqual(["ended"]);

      const third = await stage.deployment("third");
      const two = stage.resource({ triggers: { image: "2" } });
      const replaced = await third.up(two, keptOf(again));
      expect(replaced).toMatchObject({ action: "replaced", replaces: ["triggers"] });
      expect(keptOf(replaced).id).not.toBe(kept.id);
      expect(third.said(two)).toContainEqual(expect.stringContaining("runs again: triggers.image changed"));
      expect(await stage.runs()).toEqual(["ended", "ended"]);
      const said = [first.said(one), second.said(one), third.said(two)];
      return { created, again, replaced, said };
    },
  },

  {
    title: "a failed run keeps its id and its reasons; the next deployment runs it again and says why",
    name: "fails",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ status: "fail", error: "no space left" });
      const patch = stage.resource();
      const first = await stage.deployment("first");
      const created = await first.up(patch);
      const kept = keptOf(created);
      expect(kept).toMatchObject({
        id: expect.stringMatching(/./),
        reasons: [expect.stringContaining(`execution ${kept.id} failed`)],
        outputs: { status: "failed", executionId: kept.id },
      });
      const second = await stage.deployment("second");
      const refreshed = await second.refresh(patch, kept);
      const { reasons, ...read } = keptOf(refreshed);
      expect(reasons).toEqual(
        stage.differs("refresh of a failed execution", { dynamic: [], plugin: kept.reasons }),
      );
      expect(read.outputs).toMatchObject({ status: "failed", executionId: kept.id });

      const third = await stage.deployment("third");
      const again = await third.up(patch, keptOf(refreshed));
      expect(again.action).toBe("replaced");
      expect(third.said(patch)).toContainEqual(
        expect.stringContaining('runs again: last execution failed (rerunOn includes "failed")'),
      );
      expect(await stage.runs()).toEqual(["ended", "ended"]);
      const { replaces, ...outcome } = again;
      expect(replaces).toEqual(
        stage.differs("property that a new run after a failure shows", {
          dynamic: ["rerunOn"],
          plugin: ["status"],
        }),
      );
      return { created, read, outcome, said: [first.said(patch), second.said(patch), third.said(patch)] };
    },
  },

  {
    title: "onFailure continue: a failed run is data",
    name: "continues",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ status: "fail", error: "no space left" });
      const patch = stage.resource({ onFailure: "continue", rerunOn: [] });
      const first = await stage.deployment("first");
      const created = await first.up(patch);
      expect(created).toMatchObject({ kept: { reasons: [], outputs: { status: "failed" } } });
      const second = await stage.deployment("second");
      const refreshed = await second.refresh(patch, keptOf(created));
      const again = await second.up(patch, keptOf(refreshed));
      expect(again.action).toBe("same");
      expect(await stage.runs()).toEqual(["ended"]);
      return { created, refreshed, again, said: [first.said(patch), second.said(patch)] };
    },
  },

  {
    title: "refresh of a healthy run, and of one that the service has forgotten",
    name: "expires",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const patch = stage.resource();
      const created = await (await stage.deployment("first")).up(patch);
      const second = await stage.deployment("second");
      const healthy = await second.refresh(patch, keptOf(created));
      expect(keptOf(healthy).outputs).toEqual(keptOf(created).outputs);
      const { executions } = (await control(stage.emulator, "GET", "/executions")) as {
        executions: { executionId: string; workflowId: string }[];
      };
      const { executionId } = executions.find(({ workflowId }) => workflowId === stage.workflow)!;
      await control(stage.emulator, "DELETE", `/executions/${encodeURIComponent(executionId)}`);
      const third = await stage.deployment("third");
      const forgotten = await third.refresh(patch, keptOf(healthy));
      expect(keptOf(forgotten).outputs).toEqual({ ...keptOf(created).outputs, expired: true });
      const again = await third.up(patch, keptOf(forgotten));
      expect(again.action).toBe("same");
      expect(await stage.runs()).toEqual([]);
      // Nothing else knows the id any more.
      const anonymous = JSON.stringify({ healthy, forgotten, again }).replaceAll(keptOf(created).id, "<id>");
      return { ...(JSON.parse(anonymous) as object), said: [second.said(patch), third.said(patch)] };
    },
  },

  {
    title:
      "customTimeouts end the wait, not the run; the next deployment resumes; a change of settings runs nothing",
    name: "resumes",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ durationMs: 5_000 });
      const hasty = stage.resource({}, { create: 1 });
      const properties = await stage.front.register(hasty);
      expect(properties["__meta"]).toEqual(
        stage.differs("`customTimeouts`", {
          dynamic: expect.objectContaining({ customTimeouts: { create: "1s" } }) as unknown,
          plugin: undefined,
        }),
      );
      const first = await stage.deployment("first");
      const created = await first.up(hasty);
      const { readsFirst, ...kept } = keptOf(created);
      expect(kept.reasons).toEqual([
        expect.stringContaining("is still running after this deployment waited 1s (customTimeouts)"),
      ]);
      expect(kept.outputs["status"]).toBe("running");
      expect(readsFirst).toBe(
        stage.differs("an execution that has not finished", { dynamic: false, plugin: true }),
      );
      const second = await stage.deployment("second");
      const { readsFirst: _reads, ...refreshed } = keptOf(await second.refresh(hasty, keptOf(created)));
      expect(refreshed).toMatchObject({ id: kept.id, outputs: { status: "running" } });
      const calm = stage.resource();
      const resumed = await second.up(calm, keptOf(created));
      expect(resumed).toMatchObject({
        action: "updated",
        kept: { id: kept.id, reasons: [], outputs: { status: "succeeded", executionId: kept.id } },
      });
      const third = await stage.deployment("third");
      const other = stage.resource({ timeoutSeconds: 77 });
      const updated = await third.up(other, keptOf(resumed));
      expect(updated).toMatchObject({
        action: "updated",
        kept: { id: kept.id, outputs: { timeoutSeconds: 77 } },
      });
      expect(third.said(other)).toEqual(
        stage.differs("message of a change that runs nothing", {
          dynamic: ["timeoutSeconds changed (no new run)"],
          plugin: ["timeoutSeconds changed"],
        }),
      );
      expect(await stage.runs()).toEqual(["ended"]);
      const { reasons: _reasons, ...read } = refreshed;
      return { kept, read, resumed, updated, said: [first.said(hasty), second.said(calm)] };
    },
  },

  {
    title: "destroy stops what still runs",
    name: "stops",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ durationMs: 3_600_000 });
      const patch = stage.resource({ waitFor: "started" });
      const created = await (await stage.deployment("first")).up(patch);
      expect(created).toMatchObject({
        action: "created",
        kept: { reasons: [], outputs: { status: "running" } },
      });
      expect(await stage.runs()).toEqual(["runs"]);
      const { readsFirst: _reads, ...kept } = keptOf(created);
      const second = await stage.deployment("second");
      expect(await second.destroy(patch, keptOf(created))).toBeUndefined();
      expect(await stage.runs()).toEqual(["ended"]);
      return { kept, said: second.said(patch) };
    },
  },

  {
    title: "a teardown runbook is armed, is armed anew by a change, and runs at the destroy only",
    name: "teardown",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const one = stage.resource({ runOn: "destroy", triggers: { image: "1" } });
      const created = await (await stage.deployment("first")).up(one);
      const { id, ...armed } = keptOf(created);
      expect(armed).toMatchObject({ reasons: [], outputs: { status: "waiting", executionId: null } });
      const second = await stage.deployment("second");
      const refreshed = await second.refresh(one, keptOf(created));
      expect(keptOf(refreshed).outputs).toEqual(armed.outputs);
      const again = await second.up(one, keptOf(refreshed));
      expect(again.action).toBe("same");
      const two = stage.resource({ runOn: "destroy", triggers: { image: "2" } });
      const changed = await second.up(two, keptOf(again));
      expect(changed).toMatchObject({ kept: { outputs: { status: "waiting", triggers: { image: "2" } } } });
      expect(await stage.runs()).toEqual([]);
      const third = await stage.deployment("third");
      expect(await third.destroy(two, keptOf(changed))).toBeUndefined();
      expect(await stage.runs()).toEqual(["ended"]);
      const { id: changedId, ...rest } = keptOf(changed);
      expect(id).not.toBe("");
      return {
        armed,
        action: changed.action,
        keepsId: changedId === id,
        rest,
        said: [second.said(two), third.said(two)],
      };
    },
  },

  {
    title: "Ctrl-C ends the wait at once and keeps the id; the next deployment resumes",
    name: "interrupted",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ durationMs: 5_000 });
      const patch = stage.resource();
      const cut = await stage.ownDeployment();
      const creating = cut.up(patch);
      await until(async () => (await stage.runs()).length > 0, { withinMs: 30_000, everyMs: 20 });
      await cut.cancel();
      const created = await creating;
      expect(await stage.runs()).toEqual(["runs"]);
      const said = cut.said(patch);
      await cut.stop();
      const { readsFirst: _reads, ...kept } = keptOf(created);
      expect(kept).toMatchObject({
        id: expect.stringMatching(/./),
        reasons: [expect.stringContaining("interrupted while waiting for execution")],
        outputs: { status: "running" },
      });
      const second = await stage.deployment("second");
      const resumed = await second.up(patch, keptOf(created));
      expect(resumed).toMatchObject({ kept: { id: kept.id, reasons: [], outputs: { status: "succeeded" } } });
      expect(await stage.runs()).toEqual(["ended"]);
      return { kept, resumed, said: [said, second.said(patch)] };
    },
  },
];
