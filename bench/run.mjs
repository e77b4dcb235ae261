// `npm run bench`: the quality of our waiting, against fixed polling and against the engine alone. Prints a table,
// writes JSON to .state/, and ends with 1 where a figure is missed. README.md explains the columns.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { reportTo } from "../tools/setup/progress.mjs";
import { REPOSITORY, runTool, setUpEverything } from "../tools/setup/setUp.mjs";
import { check, mergeTurns, tableOf } from "./figures.mjs";
import { checkFronts } from "./frontFigures.mjs";
import { measureFronts } from "./fronts.mjs";
import { kbPerWait, loading } from "./footprint.mjs";
import { distributions } from "./distributions.mjs";
import { measureNoChange } from "./noChange.mjs";
import { runStack } from "./stacks.mjs";

const USAGE = `Usage: npm run bench [-- OPTIONS]

  --quick          takes 10 to 20 minutes: N = 1, 10, 100, without some of the comparisons
  --only NAMES     only rows whose name has the words of one of these, e.g. "cloudflow 1000,aom 100 bimodal,no-change,fronts"
  --real-time      no clock runs faster: the same runs, as short as they then take
  --at-once K      how many stacks run at once (2; with --quick twice the CPUs, at most 6); more are faster and disturb each other
`;
const SERVICES = ["aom", "functiongraph", "coc", "cloudflow", "stepfunctions"];
// Those of which two histories are compared. COC has no rows of its own there: its lists and requests are FunctionGraph's in
// number and kind.
const HUAWEI = ["aom", "functiongraph"];
// Comparisons that the quick bench leaves out, to end in time: Step Functions waits by the same planner as Huawei's services.
const EVERY_ROW_ONLY = new Set(["no history", "1 s", "10 s"].map((variant) => `stepfunctions ${variant}`));
// Rows that are compared closely run this often, side by side with what they are compared to where that is one row: the
// median decides, or chance and other work on the machine would.
const PAIRED_TURNS = 3;
// Six stacks on two slow processors delay each other by as much as the lags that are measured.
const QUICK_AT_ONCE = Math.min(6, 2 * availableParallelism());

await runTool(async () => {
  const args = process.argv.slice(2);
  const valueOf = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  if (args.includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const quick = args.includes("--quick");
  const atOnce = Number(valueOf("--at-once") ?? (quick ? QUICK_AT_ONCE : 2));
  const progress = reportTo(process.stdout);
  const cli = await setUpEverything(progress);
  // The engine and its plugins are found on the path, as the tests have it.
  process.env["PATH"] = `${cli}:${process.env["PATH"]}`;

  const { ms, share } = await loading();
  const footprint = { loading: { ms, share }, kbPerWait: await kbPerWait() };
  const names = valueOf("--only")?.split(",");
  const isWanted = ({ name }) =>
    names === undefined || names.some((part) => ` ${name} `.includes(` ${part} `));
  const planned = (quick ? quickRows() : allRows())
    .filter(isWanted)
    .map((row) =>
      args.includes("--real-time")
        ? { ...row, middleMs: row.middleMs / (row.rate ?? 1), rate: 1, name: `${row.name} real time` }
        : row,
    );
  const part = names === undefined ? "" : `-${names.join("-").replaceAll(/[^\w-]+/g, "-")}`;
  const file = join(REPOSITORY, ".state", `bench${quick ? "-quick" : ""}${part.slice(0, 60)}.json`);
  mkdirSync(join(REPOSITORY, ".state"), { recursive: true });
  const done = [];
  const results = await inParallel(planned, atOnce, async (row) => {
    const begin = Date.now();
    const result = await runStack({ cli, ...row }).catch((error) => ({
      ...row,
      ok: false,
      output: String(error),
    }));
    process.stdout.write(
      `${row.name}${row.turn === undefined ? "" : `, turn ${row.turn}`}: ${Math.round((Date.now() - begin) / 1000)} s${result.ok ? "" : " FAILED"}\n`,
    );
    // An interrupted run has measured something all the same.
    done.push({ name: row.name, turn: row.turn, expected: row.expected, ...result });
    writeFileSync(file, `${JSON.stringify({ footprint, results: done, checks: [] }, null, 2)}\n`);
    return done.at(-1);
  });

  const services = ["floor", "shaped", ...SERVICES];
  const noChange =
    !quick && isWanted({ name: "no-change 1000" })
      ? await measureNoChange({
          cli,
          n: 1_000,
          turns: 7,
          services,
          say: (line) => void process.stdout.write(`${line}\n`),
        })
      : undefined;
  const fronts =
    (!quick || names !== undefined) && isWanted({ name: "fronts 1000" })
      ? await measureFronts({ cli, n: 1_000, turns: quick ? 1 : 3, progress })
      : undefined;
  const merged = mergeTurns(results);
  const checks = [...check(merged, footprint, noChange), ...(fronts ? checkFronts(fronts) : [])];
  writeFileSync(file, `${JSON.stringify({ footprint, results, noChange, fronts, checks }, null, 2)}\n`);
  process.stdout.write(`\n${tableOf(merged)}\n\n`);
  process.stdout.write(
    `Loading the provider: ${ms.toFixed(1)} ms; a waiting execution: ${footprint.kbPerWait.toFixed(1)} kB\n\n`,
  );
  for (const { holds, text } of checks) process.stdout.write(`${holds ? "holds " : "MISSED"}  ${text}\n`);
  process.stdout.write(`\n${file}\n`);
  return checks.every(({ holds }) => holds) ? 0 : 1;
});

/**
 * Half a minute's runs, drawn out to a minute and a half. The floor first, while as much else begins as with ours; then
 * the longest, or the last one would be waited for alone.
 */
function quickRows() {
  const timeOf = (service) =>
    service === "cloudflow" ? { middleMs: 30_000 } : { middleMs: 120_000, rate: 4 };
  const floor = { service: "floor", variant: "ours", middleMs: 0 };
  const tenOf = (service, variant) => row({ service, n: 10, variant, ...timeOf(service), only: "longTail" });
  return [
    row({ ...floor, n: 100 }),
    ...SERVICES.map((service) => row({ service, n: 100, variant: "ours", ...timeOf(service), after: true })),
    ...HUAWEI.flatMap((service) =>
      inTurns(
        ["ours", "no history"].map((variant) =>
          row({ service, n: 100, variant, ...timeOf(service), only: "bimodal" }),
        ),
      ),
    ),
    // Of ten executions, one status request more or less is a tenth of the figure: the median of several runs is compared.
    ...inTurns(SERVICES.map((service) => tenOf(service, "ours"))),
    ...["no history", "1 s", "5 s", "10 s"].flatMap((variant) =>
      SERVICES.filter((service) => !EVERY_ROW_ONLY.has(`${service} ${variant}`)).map((service) =>
        tenOf(service, variant),
      ),
    ),
    row({ ...floor, n: 10, only: "longTail" }),
    ...SERVICES.map((service) =>
      row({ service, n: 1, variant: "ours", ...timeOf(service), only: "constant" }),
    ),
    row({ ...floor, n: 1, only: "constant" }),
  ];
}

function allRows() {
  const rows = [];
  for (const n of [1, 10, 100]) {
    // Runbooks take minutes; on Huawei's services both clocks run five times as fast, and every lag that our own
    // work causes counts five times. CloudFlow holds answers back in real time, so its time is real.
    for (const service of SERVICES) {
      const time = service === "cloudflow" ? { middleMs: 60_000 } : { middleMs: 300_000, rate: 5 };
      for (const variant of ["ours", "no history", "1 s", "5 s", "10 s"]) {
        for (const only of n === 1 ? distributions : [undefined])
          rows.push(row({ service, n, variant, only, ...time, after: variant === "ours" && n === 100 }));
      }
    }
    rows.push(
      row({
        service: "floor",
        n,
        variant: "ours",
        middleMs: 0,
        ...(n === 1 ? { only: "constant" } : {}),
      }),
    );
  }
  // One workflow whose past is of one kind: the planner's result with it.
  for (const service of HUAWEI) {
    for (const only of distributions) {
      rows.push(
        ...inTurns(
          ["ours", "no history"].map((variant) =>
            row({ service, n: 100, variant, only, middleMs: 300_000, rate: 5 }),
          ),
        ),
      );
      for (const variant of ["5 s", "10 s"])
        rows.push(row({ service, n: 100, variant, only, middleMs: 300_000, rate: 5 }));
    }
  }
  for (const n of [1, 100, 1_000])
    rows.push(row({ service: "idle", n, variant: "ours", middleMs: 40_000, only: "constant" }));
  rows.push(row({ service: "floor", n: 1_000, variant: "ours", middleMs: 0 }));
  for (const service of SERVICES) {
    const time = service === "cloudflow" ? { middleMs: 90_000 } : { middleMs: 300_000, rate: 3 };
    for (const only of distributions)
      rows.push(row({ service, n: 1_000, variant: "ours", only, ...time, after: only === "uniform" }));
    for (const variant of ["no history", "1 s", "5 s", "10 s"])
      rows.push(row({ service, n: 1_000, variant, ...time }));
  }
  return [...rows, ...roughRows()];
}

/** Troubles of machines and networks; N = 8. */
function roughRows() {
  return SERVICES.flatMap((service) => {
    const common = { service, n: 8, variant: "ours", middleMs: 60_000 };
    return [
      row({ ...common, label: "clock an hour ahead", offsetMs: 3_600_000, expected: { maxMs: 21_000 } }),
      row({ ...common, label: "clock an hour behind", offsetMs: -3_600_000, expected: { maxMs: 21_000 } }),
      row({ ...common, label: "suspended for a minute", during: suspend, expected: { maxMs: 75_000 } }),
      row({
        ...common,
        label: "5 s an answer",
        faults: [{ action: "delay", delayMs: 5_000, count: null }],
        expected: { maxMs: 40_000 },
      }),
    ];
  });
}

// SIGSTOP while executions run, for a minute: a laptop that is closed.
async function suspend({ hostPid }) {
  while (hostPid() === undefined) await new Promise((resolve) => setTimeout(resolve, 500));
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const pid = hostPid();
  process.kill(pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  process.kill(pid, "SIGCONT");
}

/** Rows that are compared, one turn of all after the other, so that the two of a turn run side by side. */
function inTurns(rows) {
  return Array.from({ length: PAIRED_TURNS }, (_none, index) =>
    rows.map((one) => ({ ...one, turn: index + 1 })),
  ).flat();
}

function row(options) {
  const { service, n, variant, only, label } = options;
  const name = [service, n, variant === "ours" ? "" : variant, only ?? "", label ?? ""]
    .filter((part) => part !== "")
    .join(" ");
  return { name, ...options };
}

async function inParallel(items, width, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
