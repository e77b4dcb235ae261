/**
 * The table of operations in the documents is true: its column for the client has the operations that the client can
 * send, its column for the emulator those that the emulator serves.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startEmulator } from "runbook-emulator";
import * as alibabaMetadata from "../../provider/src/services/alibaba/metadata";
import * as alibabaSts from "../../provider/src/services/alibaba/sts";
import * as cloudFlow from "../../provider/src/services/alibaba/cloudflow/api";
import * as awsSts from "../../provider/src/services/aws/sts";
import * as stepFunctions from "../../provider/src/services/aws/stepfunctions/api";
import * as iam from "../../provider/src/services/huawei/iam";
import * as keyRequests from "../../provider/src/services/huawei/keyRequests";
import * as aom from "../../provider/src/services/huawei/aom/api";
import * as coc from "../../provider/src/services/huawei/coc/api";
import * as functionGraph from "../../provider/src/services/huawei/functiongraph/api";
import type { HttpRequest } from "../../provider/src/http/request";

interface Row {
  readonly service: string;
  readonly operation: string;
  /** Method and path, as the emulator lists its routes. */
  readonly route: string;
  readonly client: boolean;
  readonly emulator: boolean;
}

const rows: Row[] = readFileSync(resolve(__dirname, "../../docs/reference/api-operations.md"), "utf8")
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim().replace(/^`|`$/g, "")))
  .filter((cells) => cells.length === 7 && /^(yes|no)$/.test(cells[5]!))
  .map(([, service, operation, route, client, emulator]) => ({
    service: service!,
    operation: operation!,
    route: route!,
    client: client === "yes",
    emulator: emulator === "yes",
  }));

const place = {
  endpoint: "http://host",
  projectId: "p",
  workflowId: "w",
  documentId: "d",
  flowName: "f",
  machine: {},
};

/** The requests that an api module can build: its functions name them, with any arguments. */
function operationsOf(api: object, where: unknown = place): string[] {
  const anything = {
    limit: 1,
    offset: 0,
    input: {},
    executionName: "e",
    name: "n",
    userName: "u",
    role: {},
    nowMs: 0,
    policyIds: [],
    policyArns: [],
    tags: {},
    transitiveTagKeys: [],
  };
  return Object.entries(api)
    .filter(([name]) => name.startsWith("build"))
    .map(([, build]) => (build as (...args: unknown[]) => HttpRequest)(where, anything, anything).operation)
    .sort();
}

test("the table has every service", () => {
  expect([...new Set(rows.map(({ service }) => service))]).toEqual([
    "aom",
    "functiongraph",
    "coc",
    "cloudflow",
    "iam",
    "huaweiSts",
    "huaweiMetadata",
    "alibabaMetadata",
    "alibabaSts",
    "stepfunctions",
    "awsSts",
  ]);
  const names = rows.map(({ service, operation, route }) => `${service} ${operation} ${route}`);
  expect(new Set(names).size).toBe(rows.length);
});

test.each<[string, object]>([
  ["aom", aom],
  ["functiongraph", functionGraph],
  ["coc", coc],
  ["cloudflow", cloudFlow],
  ["alibabaMetadata", alibabaMetadata],
  ["alibabaSts", alibabaSts],
  ["stepfunctions", stepFunctions],
  ["awsSts", awsSts],
])("%s: what the table says of the client is what it can send", (service, api) => {
  const documented = rows.filter((row) => row.service === service && row.client);
  expect(documented.map(({ operation }) => operation).sort()).toEqual(operationsOf(api));
});

test("what the table says of the client and Huawei Cloud's identity services is what it can send", () => {
  const services = ["iam", "huaweiSts", "huaweiMetadata"];
  const documented = rows.filter((row) => services.includes(row.service) && row.client);
  const sent = [...operationsOf(iam), ...operationsOf(keyRequests, "http://host/path")].sort();
  expect(documented.map(({ operation }) => operation).sort()).toEqual(sent);
});

test("what the table says of the emulator is what it serves", async () => {
  const emulator = await startEmulator();
  try {
    const answer = (await (await fetch(`${emulator.url}/_emulator/`)).json()) as {
      services: Record<string, string[]>;
    };
    for (const [service, routes] of Object.entries(answer.services)) {
      const documented = rows.filter((row) => row.service === service && row.emulator);
      // Some paths have several operations, which the body tells apart.
      const paths = [...new Set(documented.map(({ route }) => route))];
      expect([service, paths.sort()]).toEqual([service, [...routes].sort()]);
    }
  } finally {
    await emulator.close();
  }
});
