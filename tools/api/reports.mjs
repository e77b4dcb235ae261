// The API reports of a package: its public surface as one reviewed text for each entry, made from the types that are
// published. A change of the surface is a change of a committed file.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { SetupError } from "../setup/progress.mjs";
import { compilerOptions, entriesOf, makeReadable } from "../setup/rolledTypes.mjs";
import { runCommand } from "../setup/runCommand.mjs";

const SUFFIX = ".api.md";

/**
 * A report.
 * @typedef {object} Report
 * @property {string} file the committed file
 * @property {string} text
 */

/**
 * Makes the reports of a package. Its types have to be rolled up.
 * @param {string} folder
 * @returns {Promise<Report[]>}
 * @throws {SetupError} when API Extractor cannot read the types
 */
export async function makeReports(folder) {
  const work = await mkdtemp(join(tmpdir(), "api-report-"));
  try {
    const reports = [];
    for (const { rolled } of await entriesOf(folder)) {
      const name = basename(rolled, ".d.ts");
      const readable = await makeReadable({ compiled: rolled, rolled });
      try {
        await extract(folder, readable.file, { name, work });
      } finally {
        await readable.remove();
      }
      const text = await readFile(join(work, name + SUFFIX), "utf8");
      reports.push({ file: join(folder, "api", name + SUFFIX), text });
    }
    return reports;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Writes reports in the place of the committed ones.
 * @param {string} folder of the package
 * @param {readonly Report[]} reports
 * @returns {Promise<void>}
 */
export async function acceptReports(folder, reports) {
  await rm(join(folder, "api"), { recursive: true, force: true });
  await mkdir(join(folder, "api"), { recursive: true });
  for (const { file, text } of reports) {
    await writeFile(file, text);
  }
}

/**
 * Compares reports with the committed ones.
 * @param {string} folder of the package
 * @param {readonly Report[]} reports
 * @returns {Promise<string[]>} a text for each difference: the lines that differ, or a report without an entry
 */
export async function compareReports(folder, reports) {
  const committed = await readdir(join(folder, "api")).catch(() => []);
  const files = reports.map(({ file }) => file);
  const differences = committed
    .map((name) => join(folder, "api", name))
    .filter((file) => !files.includes(file))
    .map((file) => `${file}: the package has no entry of this name.`);
  for (const { file, text } of reports) {
    const known = (await readFile(file, "utf8").catch(() => "")).replaceAll("\r\n", "\n");
    if (known !== text) {
      differences.push(`${file} differs:\n${await lineDifference(known, text)}`);
    }
  }
  return differences;
}

/**
 * @param {string} before
 * @param {string} after
 * @returns {Promise<string>} a unified diff, without its head
 */
async function lineDifference(before, after) {
  const work = await mkdtemp(join(tmpdir(), "api-difference-"));
  try {
    await writeFile(join(work, "committed"), before);
    await writeFile(join(work, "now"), after);
    const options = ["diff", "--no-index", "--no-color", "--no-ext-diff", "--unified=2"];
    const { found, stdout } = await runCommand("git", [...options, "committed", "now"], { cwd: work });
    return found ? stdout.slice(stdout.indexOf("@@")) : "(there is no git on PATH to show the lines)\n";
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} mainEntryPointFilePath
 * @param {{ name: string, work: string }} report
 */
async function extract(folder, mainEntryPointFilePath, { name, work }) {
  // Loaded late: with its own compiler API Extractor takes a second.
  const { Extractor, ExtractorConfig, ExtractorLogLevel } = await import("@microsoft/api-extractor");
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions, files: [mainEntryPointFilePath] } },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: work,
        reportTempFolder: join(work, "temp"),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: false },
      // Without this the report repeats for each export that it has no release tag.
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
  /** @type {string[]} */
  const problems = [];
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel === "error") {
        problems.push(message.formatMessageWithLocation(folder));
      }
      message.handled = true;
    },
  });
  if (!succeeded) {
    throw new SetupError(`The API report of ${folder} cannot be made:\n${problems.join("\n")}`);
  }
}
