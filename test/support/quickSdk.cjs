/**
 * Loaded before everything else into the Node.js processes that the engine starts in tests. Without a change of what they do,
 * they start in half the time, and the suite makes hundreds of them:
 *
 * - Pulumi's SDK loads the compiler of TypeScript and npm's reader of dependencies at once, for functions that it has to
 *   serialize, and OpenTelemetry, for traces. Here they are loaded when they are first used. Our providers are constant text:
 *   there is nothing to serialize.
 * - `typescript: false` in Pulumi.yaml is heeded; the language host that is built from Go modules does not pass it on.
 */
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { sep } = require("node:path");

const usedLate = [
  "typescript",
  "@npmcli/arborist",
  "normalize-package-data",
  "fdir",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
];
const sdk = `${sep}@pulumi${sep}pulumi${sep}`;
const load = Module._load;

Module._load = function (request, parent, isMain) {
  const isLate = usedLate.includes(request) && parent?.filename?.includes(sdk);
  return isLate ? loadWhenUsed(() => load(request, parent, isMain)) : load(request, parent, isMain);
};

/** Stands for a package, which `__importDefault` and `__importStar` of a compiled module leave as it is. */
function loadWhenUsed(loadPackage) {
  let exported;
  const demand = () => (exported ??= loadPackage());
  return new Proxy(() => undefined, {
    get: (_, key) => {
      if (key === "__esModule") return true;
      return key === "default" ? (demand().default ?? demand()) : demand()[key];
    },
    has: (_, key) => key in demand(),
    apply: (_, self, args) => Reflect.apply(demand(), self, args),
    construct: (_, args) => Reflect.construct(demand(), args),
  });
}

if (process.env["PULUMI_NODEJS_TYPESCRIPT"] === "true" && isJavaScriptProject()) {
  delete process.env["PULUMI_NODEJS_TYPESCRIPT"];
}

function isJavaScriptProject() {
  try {
    return /^ *typescript: false$/m.test(readFileSync("Pulumi.yaml", "utf8"));
  } catch {
    return false;
  }
}
