/**
 * The walls hold: each wrong import of a copy of the sources is refused by the rule that forbids it.
 */
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const repository = resolve(__dirname, "../..");

/** A line that is appended to a file, and the rule that must refuse it. */
const wrongImports: readonly { readonly file: string; readonly line: string; readonly rule: string }[] = [
  { file: "provider/src/ground/json.ts", line: 'import "../http/retry";', rule: "provider-ground" },
  {
    file: "provider/src/ground/text.ts",
    line: 'import type {} from "../execution/snapshot";',
    rule: "provider-ground",
  },
  {
    file: "provider/src/http/retry.ts",
    line: 'import type {} from "../execution/settings";',
    rule: "provider-http",
  },
  {
    file: "provider/src/execution/snapshot.ts",
    line: 'import "../waiting/schedule";',
    rule: "provider-execution",
  },
  {
    file: "provider/src/execution/words.ts",
    line: 'import "../services/registry";',
    rule: "provider-execution",
  },
  {
    file: "provider/src/waiting/schedule.ts",
    line: 'import type {} from "../starting/journal";',
    rule: "provider-waiting",
  },
  {
    file: "provider/src/starting/journal.ts",
    line: 'import "../waiting/schedule";',
    rule: "provider-starting",
  },
  {
    file: "provider/src/starting/startDecision.ts",
    line: 'import type {} from "../lifecycle/outcome";',
    rule: "provider-starting",
  },
  {
    file: "provider/src/services/location.ts",
    line: 'import "../starting/runKey";',
    rule: "provider-services",
  },
  {
    file: "provider/src/lifecycle/check.ts",
    line: 'import "../services/registry";',
    rule: "lifecycle-services",
  },
  {
    file: "provider/src/lifecycle/read.ts",
    line: 'import "../fronts/shared/secrets";',
    rule: "provider-lifecycle",
  },
  {
    file: "provider/src/lifecycle/diff.ts",
    line: 'import type {} from "../index";',
    rule: "provider-lifecycle",
  },
  {
    file: "provider/src/fronts/shared/secrets.ts",
    line: 'import "../dynamic/properties";',
    rule: "provider-fronts/shared",
  },
  {
    file: "provider/src/fronts/dynamic/hostErrors.ts",
    line: 'import "../../program/types";',
    rule: "provider-fronts/dynamic",
  },
  {
    file: "provider/src/fronts/plugin/differences.ts",
    line: 'import type {} from "../dynamic/properties";',
    rule: "provider-fronts/plugin",
  },
  {
    file: "provider/src/fronts/dynamic/hostErrors.ts",
    line: 'import type {} from "../plugin/failures";',
    rule: "provider-fronts/dynamic",
  },
  {
    file: "provider/src/timeline/periods.ts",
    line: 'import type {} from "../fronts/dynamic/properties";',
    rule: "provider-timeline",
  },
  {
    file: "provider/src/fronts/dynamic/provider.ts",
    line: 'import "../../timeline/page";',
    rule: "provider-fronts/dynamic",
  },
  {
    file: "provider/src/fronts/dynamic/properties.ts",
    line: 'import "../../services/huawei/aom/api";',
    rule: "service-by-others",
  },
  {
    file: "provider/src/services/huawei/aom/api.ts",
    line: 'import "../functiongraph/api";',
    rule: "service-by-service",
  },
  {
    file: "provider/src/services/huawei/account.ts",
    line: 'import "./aom/backend";',
    rule: "service-by-others",
  },
  { file: "provider/src/services/huawei/roles.ts", line: 'import "../alibaba/roles";', rule: "vendors" },
  {
    file: "provider/src/program/aom.ts",
    line: 'import "../services/alibaba/cloudflow/backend";',
    rule: "service-by-module",
  },
  { file: "provider/src/lifecycle/state.ts", line: 'import type {} from "@pulumi/pulumi";', rule: "pulumi" },
  {
    file: "provider/src/ground/clock.ts",
    line: 'import "../../../emulator/src/ground/clock";',
    rule: "provider-emulator",
  },
  {
    file: "emulator/src/ground/clock.ts",
    line: 'import "../../../provider/src/ground/clock";',
    rule: "provider-emulator",
  },
  { file: "emulator/src/huawei/gateway.ts", line: 'import "../alibaba/gateway";', rule: "emulator-huawei" },
  {
    file: "emulator/src/alibaba/xml.ts",
    line: 'import type {} from "../huawei/signature";',
    rule: "emulator-alibaba",
  },
  { file: "emulator/src/alibaba/gateway.ts", line: 'import "../control/route";', rule: "emulator-alibaba" },
  { file: "emulator/src/control/clock.ts", line: 'import "../huawei/gateway";', rule: "emulator-control" },
  { file: "emulator/src/client/wire.ts", line: 'import "../control/route";', rule: "emulator-client" },
  {
    file: "emulator/src/cloud/state.ts",
    line: 'import type {} from "../huawei/authentication";',
    rule: "emulator-cloud",
  },
  {
    file: "emulator/src/cloud/quirks.ts",
    line: 'import type {} from "../emulator";',
    rule: "emulator-cloud",
  },
  { file: "emulator/src/seed/demo.ts", line: 'import "../cloud/quirks";', rule: "emulator-seed" },
  { file: "emulator/src/http/server.ts", line: 'import "../huawei/gateway";', rule: "emulator-http" },
  {
    file: "emulator/src/http/faults.ts",
    line: 'import type {} from "../cloud/state";',
    rule: "emulator-http",
  },
  {
    file: "emulator/src/executions/store.ts",
    line: 'import type {} from "../http/exchange";',
    rule: "emulator-executions",
  },
  {
    file: "emulator/src/player/player.ts",
    line: 'import type {} from "../executions/record";',
    rule: "emulator-player",
  },
  {
    file: "emulator/src/accounts/machines.ts",
    line: 'import type {} from "../http/exchange";',
    rule: "emulator-accounts",
  },
  {
    file: "emulator/src/ground/identifiers.ts",
    line: 'import type {} from "../accounts/account";',
    rule: "emulator-ground",
  },
  {
    file: "provider/src/execution/reporter.ts",
    line: 'import "../../../tools/setup/versions.mjs";',
    rule: "packages-tools",
  },
  { file: "provider/src/execution/service.ts", line: 'import type {} from "./session";', rule: "no-circles" },
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe("walls between rooms", () => {
  let folder: string;
  let violations: readonly Violation[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "walls-"));
    const isSource = (path: string): boolean => !/[/\\](dist|types|node_modules)([/\\]|$)/.test(path);
    for (const part of ["provider", "emulator", "tools"])
      cpSync(join(repository, part), join(folder, part), { recursive: true, filter: isSource });
    for (const file of ["rooms.mjs", ".dependency-cruiser.mjs", "tsconfig.base.json", "package.json"])
      cpSync(join(repository, file), join(folder, file));
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    for (const { file, line } of wrongImports) appendFileSync(join(folder, file), `\n${line}\n`);
    violations = await cruise(folder);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(wrongImports)("$file may not $line", ({ file, rule }) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });

  test("each room has a wrong import here", async () => {
    const { rooms } = (await import(join(repository, "rooms.mjs"))) as {
      rooms: Record<string, { name: string }[]>;
    };
    const [program, ...below] = rooms["provider"]!.map(({ name }) => `provider/src/${name}/`);
    expect(program).toBe("provider/src/program/");
    for (const room of [...below, ...rooms["emulator"]!.map(({ name }) => `emulator/src/${name}/`)]) {
      expect(wrongImports.filter(({ file }) => file.startsWith(room))).not.toEqual([]);
    }
  });
});

/** The violations that dependency-cruiser finds in the packages of a folder. */
async function cruise(cwd: string): Promise<readonly Violation[]> {
  const program = join(repository, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const args = [
    "--config",
    ".dependency-cruiser.mjs",
    "--output-type",
    "json",
    "provider/src",
    "emulator/src",
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => error as { stdout: string });
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}
