/**
 * Values through both fronts: secrets, values that are not known yet, arguments that are refused, and texts of a service that
 * are no text.
 */
import { secret, unknown } from "../support/plugin/wireValues";
import type { Scenario, Stage } from "./stage";
import { keptOf } from "./stage";
import { placeArgumentOf, workflowArgumentOf } from "../support/everyService";

const password = "hunter2-through-both";
const half = "\ud83d";

/** Scenarios of values. */
export const valueScenarios: readonly Scenario[] = [
  {
    title: "a secret argument is a secret in the state, and stays one after the program takes the mark back",
    name: "secret",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ output: { version: "1.4.2" } });
      const whole = stage.resource({ triggers: secret({ key: password }) });
      const first = await stage.deployment("first");
      const created = await first.up(whole);
      const kept = keptOf(created);
      expect(kept.inputs["triggers"]).toEqual(secret({ key: password }));
      expect(kept.outputs["triggers"]).toEqual(secret({ key: password }));
      const second = await stage.deployment("second");
      const refreshed = await second.refresh(whole, kept);
      expect(keptOf(refreshed).outputs["triggers"]).toEqual(secret({ key: password }));
      // The mark is taken back, the value is the same.
      const clear = stage.resource({ triggers: { key: password } });
      const again = await second.up(clear, keptOf(refreshed));
      expect(again.action).toBe("same");
      expect(keptOf(again).inputs["triggers"]).toEqual({ key: secret(password) });
      expect(await stage.runs()).toEqual(["ended"]);
      const said = [first.said(whole), second.said(clear)];
      expect(said.join()).not.toContain(password);
      return { created, refreshed, again, said };
    },
  },
  {
    title: "a nested secret is one in the state, its neighbour is not",
    name: "nested",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ output: { version: "1.4.2" } });
      const nested = stage.resource({ triggers: { key: secret(password), open: "seen" } });
      const first = await stage.deployment("first");
      const created = await first.up(nested);
      const { inputs, outputs, ...rest } = keptOf(created);
      for (const { triggers } of [inputs, outputs]) {
        expect(triggers).toEqual({ key: secret(password), open: "seen" });
      }
      const second = await stage.deployment("second");
      const again = await second.up(nested, keptOf(created));
      expect(again.action).toBe("same");
      const said = [first.said(nested), second.said(nested)];
      expect(said.join()).not.toContain(password);
      return { inputs: inputs["triggers"], outputs, rest, said };
    },
  },
  {
    title: "the secret of a failed run is in no reason and no message",
    name: "told",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ status: "fail", error: `denied: ${password}` });
      const patch = stage.resource({ triggers: { key: secret(password) } });
      const first = await stage.deployment("first");
      const kept = keptOf(await first.up(patch));
      const said = first.said(patch);
      expect(kept.reasons.join()).toContain("failed");
      expect([...kept.reasons, ...said].join()).not.toContain(password);
      return {
        reasons: kept.reasons,
        said,
        status: kept.outputs["status"],
        failure: kept.outputs["failure"],
      };
    },
  },
  {
    title: "a value that is not known yet: the preview replaces because of it, and the deployment compares",
    name: "unknown",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const known = stage.resource({ triggers: { image: "1" } });
      const created = await (await stage.deployment("first")).up(known);
      const second = await stage.deployment("second");
      const open = stage.resource({ triggers: { image: unknown } });
      const preview = await second.preview(open, keptOf(created));
      expect(preview).toMatchObject({ action: "replace", replaces: ["triggers"] });
      const deployed = await (await stage.deployment("third")).up(known, keptOf(created));
      expect(deployed.action).toBe("same");
      expect(await stage.runs()).toEqual(["ended"]);
      const { known: _outputs, ...shown } = preview;
      return { shown, said: second.said(open) };
    },
  },
  {
    title: "what check refuses: the same argument in the same words, and nothing is started",
    name: "refused",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const first = await stage.deployment("first");
      const subject = workflowArgumentOf(stage.service);
      const wrong = [
        { [subject]: null },
        { [subject]: "" },
        { timeoutSeconds: -1 },
        { timeoutSeconds: "soon" },
        { onFailure: "ignore" },
        { waitFor: "later" },
        { runOn: "sometimes" },
        { rerunOn: ["failed", "oops"] },
        { concurrency: "many" },
        { timeoutSecond: 5 },
        { [placeArgumentOf(stage.service)]: 7 },
        { executionKey: "" },
        { triggers: "1.4.2" },
        { triggers: { data: "x".repeat(5_000_000) } },
        { onDelete: "keep" },
      ];
      const failures = [];
      for (const args of wrong) {
        const step = await first.up(stage.resource(args));
        expect({ args: Object.keys(args), ...step }).toMatchObject({
          action: "refused",
          failures: [{ property: Object.keys(args)[0], reason: expect.stringMatching(/./) }],
        });
        failures.push(step.failures);
      }
      expect(await stage.runs()).toEqual([]);
      return failures;
    },
  },
  {
    title: "half of a character from the service costs nothing",
    name: "half",
    async play(stage: Stage): Promise<unknown> {
      await stage.script({ status: "fail", error: `cut ${half}`, output: { text: `cut ${half}` } });
      const patch = stage.resource();
      const first = await stage.deployment("first");
      const kept = keptOf(await first.up(patch));
      expect(kept).toMatchObject({ id: expect.stringMatching(/./), outputs: { status: "failed" } });
      expect(JSON.stringify(kept) + first.said(patch).join()).not.toMatch(/\\ud83d/);
      return { kept, said: first.said(patch) };
    },
  },
];
