// `npm run simulate -- --runs N --seed S`: plays N random histories of deployments against a simulated service, and shows
// which promises were broken, each with a script to replay. `--self-test` puts known faults into the core and shows that
// each is found (`--only NAME`: those that have NAME in their file's name). `--seed S --verbose` tells one run, `--replay FILE` plays a script.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { SetupError, reportTo } from "./setup/progress.mjs";
import { runTool, setUpSources } from "./setup/setUp.mjs";
import { runCampaign, tellOne } from "./simulate/campaign.mjs";
import { selfTest } from "./simulate/selfTest.mjs";

await runTool(async () => {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
      workers: { type: "string", default: String(availableParallelism()) },
      kinds: { type: "string", default: "8" },
      replay: { type: "string" },
      verbose: { type: "boolean", default: false },
      "self-test": { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const print = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`);
  await setUpSources(reportTo(process.stdout));
  const seed = Number(values.seed);
  if (values.replay !== undefined)
    return tellOne({ script: JSON.parse(readFileSync(values.replay, "utf8")), print });
  if (values.verbose) return tellOne({ seed, print });
  const workers = Number(values.workers);
  const { only } = values;
  if (values["self-test"]) return selfTest({ seed, runs: Number(values.runs), workers, only, print });
  if (only.length > 0) throw new SetupError("--only chooses faults of the self-test: give --self-test too.");
  return runCampaign({ seed, runs: Number(values.runs), workers, maxKinds: Number(values.kinds), print });
});
