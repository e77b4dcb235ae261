// A process that deploys one execution by the built provider, and can be killed: arguments as JSON in the first argument. Prints
// the outcome as one line of JSON. Ctrl-C aborts as the engine's cancel does.
const { join } = require("node:path");
const dist = join(__dirname, "..", "..", "provider", "dist");
const { RunRegister, create, openSession } = require(join(dist, "lifecycle", "index.js"));
const { services } = require(join(dist, "services", "registry.js"));

const { args, config, journalFolder, urn } = JSON.parse(process.argv[2]);
const abort = new AbortController();
process.on("SIGINT", () => abort.abort());

const silent = () => undefined;
const settings = {
  config: (key) => config[key],
  environment: silent,
  readFile: silent,
  words: { one: "configuration", several: "configuration", write: (key) => key, assign: (key) => key },
};

create(args, {
  definition: services.stepfunctions,
  session: openSession({ settings }),
  reporter: { status: silent, progressed: silent, stepEnded: silent, warn: silent },
  signal: abort.signal,
  urn,
  register: new RunRegister({ journalFolder }),
  secretArguments: [],
}).then(
  (outcome) => {
    process.stdout.write(
      `${JSON.stringify({ kind: outcome.kind, id: outcome.id, status: outcome.state?.status })}\n`,
    );
    process.exit(0);
  },
  (error) => {
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
    process.exit(0);
  },
);
