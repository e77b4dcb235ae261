/**
 * Planned waiting as people and the service see it: the lines, and the number of requests for many executions. Real
 * engine.
 */
import { control, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

const fixture = useFixture({ emulator: { enforceLimits: true } });

test("the line says how long it usually takes, and each step's end is told once", async () => {
  const { emulator, stack } = fixture;
  for (let day = 1; day <= 5; day += 1) {
    const startedAt = Date.now() - day * 86_400_000;
    await control(emulator, "POST", "/executions", { workflowId: "demo-succeeds", startedAt });
  }
  const { ok, output } = await stack.up([{ name: "run", args: { workflowId: "demo-succeeds" } }]);
  expect(ok).toBe(true);
  expect(output).toContain("started, usually 2s");
  const [live = "", diagnostics = ""] = output.split("Diagnostics:");
  const endsIn = (text: string): string[] => text.match(/\d\/3 \S.* succeeded after \S+/g) ?? [];
  const ends = endsIn(diagnostics);
  expect(ends.map((end) => end.slice(0, 4))).toEqual(["1/3 ", "2/3 ", "3/3 "]);
  // The engine's own last line of a row repeats the last message.
  expect(new Set(endsIn(live))).toEqual(new Set(ends));
  // A plain log has a line per change: the beginning, the usual lines, at most each step, and the end.
  expect((live.match(/creating/g) ?? []).length).toBeLessThan(15);
});

test.each(["aom", "functiongraph", "cloudflow"] as const)(
  "%s: forty at once meet no limit, and a refresh of them reads lists",
  async (kind) => {
    const { emulator, stack } = fixture;
    const workflow = kind === "cloudflow" ? { flowName: "demo-succeeds" } : { workflowId: "demo-succeeds" };
    const resources = Array.from({ length: 40 }, (_, index) => ({
      name: `run-${String(index)}`,
      kind,
      args: { ...workflow, concurrency: "allow" },
    }));
    expect((await stack.up(resources)).ok).toBe(true);
    await control(emulator, "DELETE", "/requests");
    expect((await stack.up()).changes).toEqual({ same: 41 });
    expect(await requestsOf(emulator)).toEqual([]);
    expect((await stack.refresh()).ok).toBe(true);
    const requests = await requestsOf(emulator);
    expect(requests.length).toBeLessThanOrEqual(20);
    expect(requests.filter(({ status }) => status === 429)).toEqual([]);
  },
);
