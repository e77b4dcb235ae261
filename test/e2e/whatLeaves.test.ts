/**
 * Texts that leave the provider, with the real engine and a service that says the worst: no secret in any form in which
 * services echo one, nothing that a terminal acts on, and no message without end.
 */
import { join } from "node:path";
import { errorOf } from "../support/console";
import type { EmulatedService } from "../support/everyService";
import { everyService, huaweiEndpoints, inputArgumentOf, workflowArgument } from "../support/everyService";
import { useFixture } from "../support/fixture";
import { runRaw } from "../support/rawCommand";
import { startSayingService } from "../support/sayingService";
import type { ScriptedServer } from "../support/scriptedServer";
import type { ProgramResource } from "../support/stack";
import { textOfFolder } from "../support/textOfFolder";

const fixture = useFixture();
let service: ScriptedServer | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

const project = { region: "cn-north-4", projectId: "0123456789abcdef0123456789abcdef" };
const places: Readonly<Record<EmulatedService, object>> = {
  aom: project,
  functiongraph: project,
  coc: { site: "china" },
  cloudflow: { region: "cn-hangzhou" },
};

/** An execution of a workflow of each service. */
function executions(
  url: string,
  workflow: string,
  more: { readonly args?: object; readonly opts?: Record<string, unknown> } = {},
): ProgramResource[] {
  return everyService.map((kind) => ({
    name: `${kind}-${workflow}`,
    kind,
    args: {
      endpoint: url,
      ...places[kind],
      ...workflowArgument(kind, workflow),
      ...(kind === "aom" ? {} : { [inputArgumentOf(kind)]: { user: "app" } }),
      ...more.args,
    },
    ...(more.opts ? { opts: more.opts } : {}),
  }));
}

describe("secrets", () => {
  const ofArguments = {
    input: `p&ss/w"o'rd+é${"-input".repeat(2)}`,
    nested: "nested-secret-4711",
    headers: "header-token-abc.def",
    trigger: "trigger-secret-äöü",
    key: "execution-key-secret-9",
  };
  const ofAccount: Readonly<Record<string, readonly [string, string]>> = {
    huawei: ["config-secret-key-0001/+=", "config-security-token-0001"],
    ali: ["config-ali-secret-0001", "config-ali-token-0001"],
    env: ["environment-secret-key-0001", "environment-security-token-1"],
    user: ["user-password-0001&<x>", "issued-token-MIIF0001"],
  };

  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  /** Each is a form that a service may give to a secret. */
  const forms: readonly (readonly ((text: string) => string)[])[] = [
    [(text) => text, json],
    [
      encodeURIComponent,
      (text) => encodeURIComponent(text).toLowerCase(),
      (text) => new URLSearchParams([["k", text]]).toString(),
    ],
    [
      (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;"),
      (text) => Array.from(text, (letter) => `&#${String(letter.codePointAt(0))};`).join(""),
    ],
    [
      base64,
      (text) => base64(`u${text}`).replace(/=+$/, ""),
      (text) => Buffer.from(`us${text}`).toString("base64url"),
    ],
    [(text) => Buffer.from(text).toString("hex"), (text) => Buffer.from(text).toString("hex").toUpperCase()],
    [
      (text) => json(json(text)),
      (text) =>
        Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
      (text) => Array.from(text).join("\u001b[0m\u0007\u200b"),
    ],
  ];

  /** The texts that must not be found: the part that every echo of a secret in this form has. */
  function tracesOf(secret: string): string[] {
    return forms.flat().map((form) => {
      const text = form(secret);
      return /^[\w+/=-]+$/.test(text) && text !== secret ? text.slice(4, -4) : text;
    });
  }

  // The first course has every form, and every form has three courses: a form that leaves on one way leaves on others.
  const formsOf = (course: number): string[] =>
    forms.map((_, form) => String(form)).filter((_, form) => course === 0 || form % 3 !== course - 1);
  // A session can't know secrets that it has not met: each service echoes only what it was sent.
  const secretsOf = (workflow: string): string[] => {
    const [, account] = /-([a-z]+)$/.exec(workflow) ?? [];
    return [...Object.values(ofArguments), ...(ofAccount[account ?? ""] ?? ofAccount["huawei"]!)];
  };
  const echo = (workflow: string): string => {
    const form = forms[Number(/\d/.exec(workflow)?.[0] ?? 0)]!;
    return secretsOf(workflow)
      .flatMap((secret) => form.map((write) => write(secret)))
      .join(" ");
  };

  function program(url: string): ProgramResource[] {
    const args = (kind: EmulatedService): object => ({
      ...(kind === "aom"
        ? {}
        : {
            [inputArgumentOf(kind)]: {
              user: "app",
              password: `secret:${ofArguments.input}`,
              deep: [{ pin: `secret:${ofArguments.nested}` }],
            },
          }),
      ...(kind === "functiongraph"
        ? { headers: { authorization: `secret:Bearer ${ofArguments.headers}` } }
        : {}),
      triggers: {
        key: `secret:${ofArguments.trigger}`,
        ...(kind === "functiongraph" ? {} : { header: `secret:${ofArguments.headers}` }),
        ...(kind === "aom"
          ? { input: `secret:${ofArguments.input}`, pin: `secret:${ofArguments.nested}` }
          : {}),
      },
      executionKey: `secret:${ofArguments.key}`,
    });
    const endpoints = huaweiEndpoints(url);
    const all = [
      ...["fails", "refuses", "odd", "lost"].flatMap((course, index) =>
        formsOf(index).flatMap((form) => [
          ...executions(url, `${course}-${form}`).filter(({ kind }) => kind !== "cloudflow"),
          ...executions(url, `${course}-${form}-ali`).filter(({ kind }) => kind === "cloudflow"),
        ]),
      ),
      ...["env", "user"].flatMap((provider) =>
        ["fails-0", "refuses-3"].flatMap((course) =>
          executions(url, `${course}-${provider}`, { opts: { provider: `\${${provider}}` } }).filter(
            ({ kind }) => kind !== "cloudflow",
          ),
        ),
      ),
    ].map((resource) => ({
      ...resource,
      args: { ...resource.args, ...args(resource.kind as EmulatedService) },
    }));
    return [
      { name: "env", kind: "provider", args: { huaweicloud: { region: "cn-north-4", endpoints } } },
      {
        name: "user",
        kind: "provider",
        args: {
          huaweicloud: {
            region: "cn-north-4",
            endpoints,
            domainName: "d",
            userName: "u",
            password: ofAccount["user"]![0],
          },
        },
      },
      ...all,
    ];
  }

  test("in every place, echoed in every form: 0 hits in state, console, journal and addresses", async () => {
    const { stack } = fixture;
    service = await startSayingService({ text: echo, token: ofAccount["user"]![1] });
    await stack.config("huaweicloud:secretKey", ofAccount["huawei"]![0], true);
    await stack.config("huaweicloud:securityToken", ofAccount["huawei"]![1], true);
    await stack.config("alicloud:secretKey", ofAccount["ali"]![0], true);
    await stack.config("alicloud:securityToken", ofAccount["ali"]![1], true);
    const env = {
      HUAWEICLOUD_SDK_AK: "ENVACCESSKEY0001",
      HUAWEICLOUD_SDK_SK: ofAccount["env"]![0],
      HUAWEICLOUD_SDK_SECURITY_TOKEN: ofAccount["env"]![1],
    };
    stack.program(program(service.url));
    const flags = ["--color", "never", "--non-interactive"];
    const seen: Record<string, string> = {};
    const run = async (name: string, ...args: string[]): Promise<void> => {
      seen[name] = (await runRaw(stack, [...args, ...flags], { env })).output;
    };
    await run("preview", "preview");
    await run("up", "up", "--yes", "--skip-preview", "--continue-on-error", "--parallel", "40");
    await run("state", "stack", "export");
    await run("preview --json", "preview", "--json");
    await run("preview --diff", "preview", "--diff");
    await run("refresh", "refresh", "--yes", "--skip-preview", "--diff");
    await run(
      "up --diff",
      "up",
      "--yes",
      "--diff",
      "--skip-preview",
      "--continue-on-error",
      "--parallel",
      "40",
    );
    await run("second state", "stack", "export");
    await run("destroy", "destroy", "--yes", "--skip-preview", "--diff", "--continue-on-error");
    const journal = textOfFolder(join(stack.folder, "state", "home", "runbook", "journal"));
    const places: Record<string, string> = {
      ...seen,
      stored: stack.stored(),
      journal,
      addresses: service.requests.map(({ method, url }) => `${method} ${url}`).join("\n"),
    };
    // All of it happened.
    for (const part of [
      "refused",
      "[secret]",
      "the service reports the unknown status",
      "its status can't be read",
    ]) {
      expect(seen["up"]).toContain(part);
    }
    expect(seen["state"]).toContain("WorkflowExecution");
    expect(journal).not.toBe("");
    const hits = [...Object.values(ofArguments), ...Object.values(ofAccount).flat()].flatMap((secret) =>
      tracesOf(secret).flatMap((trace) =>
        Object.entries(places).flatMap(([place, text]) =>
          text.includes(trace) ? [`${place}: ${trace} (${secret})`] : [],
        ),
      ),
    );
    expect(hits).toEqual([]);
  });
});

describe("controls", () => {
  const controls =
    "\u001b[38;5;199mred\u001b[0m \u001b]8;;http://evil\u0007link\u001b]8;;\u001b\\ \u001b]0;title\u0007\u009b2J\u0090x\u009c" +
    "bell\u0007 nul\u0000 back\b\u007f cr\rerror: forged 1\r\nerror: forged 2\nerror: forged 3\u2028error: forged 4" +
    " bidi\u202e\u2066\u200f tag\u{e0041} half\ud83d ";
  const forbidden = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
  // In a terminal the CLI has instructions of its own; none of these is among them.
  const ofService = [
    ...["\u001b]8;", "\u001b]0;", "\u001b[38;5;199m", "\0", "\u0007", "\u007f", "\u009b", "\u202e", "\u2066"],
  ];

  test("in every text of a service: none in what is printed, no forged line, and no message has more than 15 lines", async () => {
    const { stack } = fixture;
    const long = `${controls.repeat(3)}${"line\n".repeat(500)}${"x".repeat(100_000)}`;
    let version = 1;
    service = await startSayingService({
      text: (workflow) => (workflow.startsWith("odd") ? controls : long),
      output: () => ({
        [`key ${controls}`]: controls,
        log: `line 1 ${controls}\nline ${String(version)}\n${controls}`,
      }),
    });
    const program = ["fails", "refuses", "odd", "lost"].flatMap((workflow) =>
      executions(service!.url, workflow),
    );
    const flags = ["--color", "never"];
    const seen: Record<string, string> = {};
    const run = async (name: string, ...args: string[]): Promise<void> => {
      seen[name] = (await runRaw(stack, [...args, ...flags])).output;
    };
    const first = await stack.up(program, { continueOnError: true, parallel: 40 });
    seen["up"] = first.output;
    for (const resource of program) {
      // The engine says itself how many errors there were.
      expect(errorOf(first.output, resource.name).length).toBeLessThanOrEqual(16);
    }
    expect(first.output).toContain("red link");
    await run("preview", "preview", "--diff", "--non-interactive");
    version = 2;
    await run("refresh", "refresh", "--yes", "--skip-preview", "--diff", "--non-interactive");
    await run(
      "second up",
      "up",
      "--yes",
      "--diff",
      "--skip-preview",
      "--continue-on-error",
      "--non-interactive",
    );
    await run("outputs", "stack", "output", "--json");
    const inTerminal = await runRaw(stack, ["up", "--yes", "--skip-preview", "--continue-on-error"], {
      inTerminal: true,
      env: { TERM: "xterm-256color" },
    });
    await run(
      "destroy",
      "destroy",
      "--yes",
      "--skip-preview",
      "--diff",
      "--continue-on-error",
      "--non-interactive",
    );

    for (const [name, output] of Object.entries(seen)) {
      expect([name, forbidden.exec(output)?.[0]]).toEqual([name, undefined]);
      // Within a message, a line that is not ours has a mark; the lines of a changed text the CLI shows deep inside.
      expect([name, /^ {0,6}(error: )?error: forged/m.exec(output)?.[0]]).toEqual([name, undefined]);
    }
    expect(ofService.filter((each) => inTerminal.output.includes(each))).toEqual([]);
    expect(inTerminal.output).toContain("lost");
    // The state has texts without them as well, and all in all it is small.
    const state = JSON.stringify(await stack.state());
    expect(state).not.toMatch(/\\u00[0189]/);
    expect(state.length).toBeLessThan(400_000);
  });
});
