// The rooms of both packages, from the top down: a room imports rooms below it, never one above or beside it. The one list
// that `npm run walls` enforces and that docs/explanation/architecture.md draws.

/**
 * A room of a package.
 * @typedef {object} Room
 * @property {string} name its folder under `src`
 * @property {number} storey rooms of one storey do not see each other
 * @property {string} job one line, for the picture
 */

/** @type {Readonly<Record<"provider" | "emulator", readonly Room[]>>} */
export const rooms = {
  provider: [
    { name: "program", storey: 8, job: "what a Pulumi program imports: resources and functions" },
    { name: "fronts/dynamic", storey: 7, job: "the lifecycle as Pulumi's dynamic provider host calls it" },
    {
      name: "fronts/plugin",
      storey: 7,
      job: "the lifecycle as a Pulumi plugin, for every language: over gRPC",
    },
    {
      name: "timeline",
      storey: 7,
      job: "the command that draws an exported stack: HTML page and Mermaid",
    },
    {
      name: "fronts/shared",
      storey: 6,
      job: "what every front needs: secrets, plain values, settings, the engine",
    },
    { name: "lifecycle", storey: 5, job: "check, diff, create, read, update, delete: no Pulumi, no HTTP" },
    { name: "starting", storey: 4, job: "starts one execution once: run key, journal, register" },
    { name: "waiting", storey: 4, job: "waits for executions: one planner per workflow" },
    { name: "services", storey: 4, job: "a folder per vendor and service; the registry" },
    { name: "execution", storey: 3, job: "the domain: snapshot, the port of a service, session, arguments" },
    { name: "http", storey: 2, job: "requests, retries, rate limits, proxies: no vendor" },
    { name: "ground", storey: 1, job: "errors, clocks, JSON, text" },
  ],
  emulator: [
    { name: "huawei", storey: 7, job: "Huawei Cloud: a folder per service, its requests and its words" },
    { name: "alibaba", storey: 7, job: "Alibaba Cloud: a folder per service, its requests and its words" },
    { name: "control", storey: 7, job: "the control API under /_emulator/, and the page at /" },
    {
      name: "client",
      storey: 7,
      job: "the control API as methods, for tests; knows the API by its addresses",
    },
    { name: "cloud", storey: 6, job: "the state of one emulator and its quirks; what a vendor registers" },
    { name: "seed", storey: 5, job: "what an emulator starts with: seed files, the demo" },
    { name: "http", storey: 4, job: "server, router, planned faults, request log, rate limits: no vendor" },
    { name: "executions", storey: 3, job: "workflows and executions, and the folder that keeps them" },
    { name: "player", storey: 2, job: "how an execution stands at a time: no clock, no HTTP" },
    { name: "accounts", storey: 2, job: "accounts, keys, tokens and machines of both clouds" },
    { name: "ground", storey: 1, job: "clock, identifiers, checks of JSON" },
  ],
};
