/**
 * Every command of the pages is one that the tools have: commands and options of the Pulumi CLI, of `pulumi-runbook` and of
 * `runbook-emulator` are compared with their help.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { pageText } from "../../support/readerProject";
import { pulumiFolder } from "../../support/engineEnvironment";

const root = resolve(__dirname, "../../..");

const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".md"),
);

/** A command as a page has it: the words before the first argument, and the options. */
interface ShownCommand {
  readonly page: string;
  readonly line: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** The commands of all pages that begin with a program's name; also behind a pipe, and in text as code. */
function shownCommands(program: string): ShownCommand[] {
  return pages.flatMap((page) => {
    const text = pageText(page);
    const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, code]) => code!);
    const inline = [...text.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(
      ([, code]) => code!,
    );
    return [
      ...blocks
        .join("\n")
        .replaceAll("\\\n", " ")
        .split(/\n|\||&&/),
      ...inline,
    ]
      .map((line) => line.trim())
      .filter((line) => line.startsWith(`${program} `))
      .map((line) => {
        const rest = line
          .slice(program.length)
          .replace(/\s#.*/, "")
          .replaceAll(/'[^']*'|"[^"]*"/g, "value");
        const all = rest.trim().split(/\s+/);
        const end = all.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith("-"));
        const options = all.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0]!);
        return { page, line, words: end === -1 ? all : all.slice(0, end), options };
      });
  });
}

const env = { ...process.env, PATH: [pulumiFolder, process.env["PATH"]].join(delimiter) };
const helps = new Map<string, string>();

function helpOf(command: string, ...args: string[]): string {
  const key = [command, ...args].join(" ");
  if (!helps.has(key)) {
    const { stdout, stderr } = spawnSync(command, [...args, "--help"], { env, encoding: "utf8" });
    helps.set(key, `${stdout}${stderr}`);
  }
  return helps.get(key)!;
}

/** The help of the command itself. The CLI ignores arguments that follow a command, and knows other names such as `rm`. */
function pulumiHelp([group, ...words]: readonly string[]): string {
  const top = helpOf("pulumi");
  if (group === undefined) return top;
  expect(top).toMatch(new RegExp(`^ +${group} `, "m"));
  return helpOf("pulumi", group, ...words.slice(0, 1));
}

function unknownOptions(help: string, { options }: ShownCommand): string[] {
  const has = (option: string): boolean =>
    new RegExp(`(^|[\\s,[])${option.replace(/^(-v)=?\d*$/, "$1")}([\\s,=\\]]|$)`, "m").test(help);
  return options.filter((option) => !has(option));
}

test("the Pulumi CLI has every command and option of the pages", () => {
  const commands = shownCommands("pulumi");
  expect(commands.length).toBeGreaterThan(100);
  const unknown = commands.flatMap((command) =>
    unknownOptions(pulumiHelp(command.words), command).map(
      (option) => `${command.page}: ${command.line}: ${option}`,
    ),
  );
  expect(unknown).toEqual([]);
});

test.each([
  ["npx pulumi-runbook", "provider/bin/pulumi-runbook.js"],
  ["npx runbook-emulator", "emulator/bin/runbook-emulator.js"],
])("%s has every option of the pages", (program, file) => {
  const commands = shownCommands(program);
  expect(commands.length).toBeGreaterThan(0);
  const help = helpOf(process.execPath, join(root, file));
  for (const command of commands) {
    expect([command.line, unknownOptions(help, command)]).toEqual([command.line, []]);
    for (const word of command.words) expect(help).toContain(word);
  }
});
