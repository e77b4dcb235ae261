// Loaded into every Node process of a run (NODE_OPTIONS). Does nothing but in the dynamic provider's process: there it
// notes the beginning and the return of each create, and the process's use of the machine, one line of JSON each in
// BENCH_PROBE_FILE. BENCH_ALL_STARTED_MS after the last of BENCH_COUNT creates began, it also notes the memory that
// they hold after a collection. The provider waits as BENCH_VARIANT says.
"use strict";
const Module = require("node:module");
const fs = require("node:fs");
const { dirname } = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");
const { applyVariant } = require("./variant.cjs");

const file = process.env.BENCH_PROBE_FILE;
if (file) {
  const note = (entry) => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const used = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakKb: maxRSS };
    fs.appendFileSync(file, `${JSON.stringify({ at: Date.now(), pid: process.pid, ...used, ...entry })}\n`);
  };
  let begun = 0;
  const noteMemory = () => {
    v8.setFlagsFromString("--expose-gc");
    vm.runInNewContext("gc")();
    const { rss, heapUsed, external } = process.memoryUsage();
    note({
      kind: "all wait",
      memory: { waitingRssMb: rss / 2 ** 20, waitingHeapMb: (heapUsed + external) / 2 ** 20 },
    });
  };
  const countBegin = () => {
    begun += 1;
    if (begun === Number(process.env.BENCH_COUNT))
      setTimeout(noteMemory, Number(process.env.BENCH_ALL_STARTED_MS)).unref();
  };
  // For resources that only wait: their text has no module that could be wrapped.
  globalThis.benchBegin = countBegin;
  if (/dynamic-provider/.test(process.argv[1] ?? ""))
    setInterval(() => note({ kind: "alive" }), 1_000).unref();
  const load = Module._load;
  const wrapped = new WeakSet();
  let isVaried = false;
  Module._load = function (request, ...rest) {
    if (request === "pulumi-runbook/provider" && !isVaried) {
      isVaried = true;
      const provider = Module._resolveFilename(request, rest[0]);
      // dist/fronts/dynamic/provider.js
      applyVariant(dirname(dirname(dirname(provider))), JSON.parse(process.env.BENCH_VARIANT));
    }
    const loaded = Reflect.apply(load, this, [request, ...rest]);
    if (request !== "pulumi-runbook/provider") return loaded;
    for (const provider of Object.values(loaded)) {
      if (wrapped.has(provider)) continue;
      wrapped.add(provider);
      const create = provider.create;
      note({ kind: "loaded" });
      provider.create = async function (inputs) {
        note({ kind: "begin" });
        countBegin();
        try {
          const result = await Reflect.apply(create, this, [inputs]);
          note({ kind: "end", id: result.id, status: result.outs.status });
          return result;
        } catch (error) {
          note({ kind: "end", id: error?.id, error: String(error?.message ?? error).slice(0, 300) });
          throw error;
        }
      };
    }
    return loaded;
  };
}
