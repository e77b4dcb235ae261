// The reference pages with generated parts, from the compiled argument tables and limits, and the types in the sources.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";
import { ProgramTypes } from "../schema/programTypes.mjs";
import { conditionsText, serviceWords } from "./conditions.mjs";
import { limitsTable } from "./limits.mjs";
import { fillMarks } from "./marks.mjs";
import { permissionsOf } from "./permissions.mjs";
import { ServicePage } from "./servicePage.mjs";

/** Page and section of permissions.md for each service. */
const SERVICES = /** @type {const} */ ({
  aom: { page: "aom.md", title: "Huawei Cloud AOM" },
  functiongraph: { page: "functiongraph.md", title: "Huawei Cloud FunctionGraph" },
  coc: { page: "coc.md", title: "Huawei Cloud COC" },
  cloudflow: { page: "cloudflow.md", title: "Alibaba Cloud CloudFlow" },
  stepfunctions: { page: "step-functions.md", title: "AWS Step Functions" },
});

/**
 * A page as it is and as it should be.
 * @typedef {object} Page
 * @property {string} path from the root of the repository
 * @property {string} text with line feeds
 * @property {string} current the right text of the file
 */

/**
 * Makes the pages. The packages have to be compiled.
 * @param {string} repository its root
 * @returns {Promise<Page[]>}
 * @throws {Error} where a service has no page, or sources and tables disagree
 */
export async function referencePages(repository) {
  const compiled = join(repository, "provider", "dist");
  /** @type {(file: string) => Promise<any>} */
  const load = (file) => import(pathToFileURL(join(compiled, file)).href);
  const { services } = await load("services/registry.js");
  const { argumentSpecs } = await load("execution/commonArguments.js");
  const { limits } = await load("lifecycle/bounds.js");
  const types = new ProgramTypes(repository, Object.keys(services));
  const permissions = await read(repository, "docs/reference/permissions.md");
  const pages = [];
  for (const [service, definition] of Object.entries(services)) {
    const place = SERVICES[/** @type {keyof typeof SERVICES} */ (service)];
    const words = serviceWords[service];
    if (place === undefined || words === undefined)
      throw new Error(`${service} has no reference page: name it in tools/docs`);
    const path = `docs/reference/${place.page}`;
    const text = await read(repository, path);
    const filled = fillMarks(text, {
      ...new ServicePage(types, service).parts(argumentSpecs(definition)),
      conditions: conditionsText(words),
      limits: limitsTable(limits),
      permissions: permissionsOf(permissions, place.title),
    });
    const options = { ...(await resolveConfig(join(repository, path))), parser: "markdown" };
    pages.push({ path, text, current: await format(filled, options) });
  }
  return pages;
}

/**
 * @param {string} repository
 * @param {string} path
 * @returns {Promise<string>}
 */
async function read(repository, path) {
  return (await readFile(join(repository, path), "utf8")).replaceAll("\r\n", "\n");
}
