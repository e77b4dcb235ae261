/**
 * Finds out whether the list of a workflow's executions covers the workflow. The service lists the executions of one
 * enterprise project, by default of "0": for a workflow of another enterprise project the list is empty, which looks
 * like "nothing is running".
 */
import {
  ConfigurationError,
  ServiceError,
  TransportError,
  isWorkflowExecutionError,
  messageOf,
} from "../../../ground/errors";
import type { Arguments } from "../../../execution/argument";
import type { SettingWords } from "../../../execution/settingWords";
import { nameSetting } from "../../../execution/settingWords";
import type { Found, Settings } from "../../../execution/settings";
import { firstFound, fromArgument, fromConfig, fromEnvironment } from "../../../execution/settings";
import type { WorkflowPage } from "./answers";
import { workflowsPerPage } from "./api";

/** The enterprise project that the service takes where none is given. */
const defaultId = "0";
// Twenty pages of a hundred workflows.
const maxPages = 20;

/** The enterprise project that the program or the settings give. */
export function findEnterpriseProject(args: Arguments, settings: Settings): Found | undefined {
  return firstFound(
    fromArgument("enterpriseProjectId", args["enterpriseProjectId"]),
    fromConfig(settings, "huaweicloud:enterpriseProjectId"),
    fromEnvironment(settings, "HW_ENTERPRISE_PROJECT_ID"),
  );
}

/** Reads a page of the project's workflows, counted from 1; of one enterprise project, or of all that may be seen. */
export type ReadPage = (page: number, enterpriseProjectId: string | undefined) => Promise<WorkflowPage>;

/** A process's knowledge of a workflow's enterprise project. The project is looked up when a list is empty, once. */
export class EnterpriseProject {
  readonly #given: Found | undefined;
  readonly #subject: string;
  readonly #words: SettingWords;
  #own: string | undefined;
  #isCovered = false;
  #doubt: string | undefined;

  /**
   * @param subject the workflow, for messages.
   * @param words the names of settings.
   */
  constructor(given: Found | undefined, subject: string, words: SettingWords) {
    this.#given = given;
    this.#subject = subject;
    this.#words = words;
  }

  /** The one to list by; undefined for the service's default. */
  get id(): string | undefined {
    return this.#own ?? this.#given?.value;
  }

  /** The reason why the lists that were read may not cover the workflow; undefined if they do, or if none was read. */
  get doubt(): string | undefined {
    return this.#doubt;
  }

  /** Takes note of a list that has executions: so it covers the workflow. */
  confirm(): void {
    this.#isCovered = true;
    this.#doubt = undefined;
  }

  /**
   * Takes note of a list that is empty: finds out whether it covers the workflow.
   * @returns true if another enterprise project is the workflow's: the list is to be read again.
   */
  async settleEmptyList(readPage: ReadPage, signal: AbortSignal): Promise<boolean> {
    if (this.#isCovered) return false;
    try {
      return this.#judge(await this.#find(readPage));
    } catch (error) {
      const isAnswer = error instanceof ServiceError || error instanceof TransportError;
      if (signal.aborted || !(isAnswer || isWorkflowExecutionError(error))) throw error;
      // A user who may not list workflows may still name the enterprise project, and then knows better.
      this.#believe(`the project's workflows could not be listed (${messageOf(error)})`);
      return false;
    }
  }

  /**
   * Sees that a start may rest on the list.
   * @throws ConfigurationError when it is not known to cover the workflow.
   */
  demandCovered(): void {
    if (this.#doubt === undefined) return;
    throw new ConfigurationError(
      `${this.#subject} was not started, because a running execution of it might not be visible: ${this.#doubt}. ` +
        `Check workflowId, and set the argument "enterpriseProjectId" (or the ` +
        `${nameSetting(this.#words, "huaweicloud:enterpriseProjectId")}) ` +
        `to the workflow's enterprise project, "0" for the default one.`,
    );
  }

  // Of the given one first: there the look-up ends at once.
  async #find(readPage: ReadPage): Promise<string | null | undefined> {
    const given = this.#given?.value;
    const found = given === undefined ? undefined : await findIn(readPage, given);
    return found === undefined ? findIn(readPage, undefined) : (found ?? given);
  }

  #judge(own: string | null | undefined): boolean {
    if (own === undefined) {
      this.#believe("the list of the project's workflows does not contain the workflow");
      return false;
    }
    if (own === null) {
      this.#believe("the list of workflows does not show its enterprise project");
      return false;
    }
    const listed = this.#given?.value ?? defaultId;
    if (own !== listed && this.#given) {
      this.#doubt = `the workflow belongs to the enterprise project "${own}", not to "${listed}" (from ${this.#given.source})`;
      return false;
    }
    const isOther = own !== listed;
    this.confirm();
    if (isOther) this.#own = own;
    return isOther;
  }

  #believe(doubt: string): void {
    if (this.#given) this.confirm();
    else this.#doubt = `${doubt}, and its list of executions is empty`;
  }
}

async function findIn(
  readPage: ReadPage,
  enterpriseProjectId: string | undefined,
): Promise<string | null | undefined> {
  for (let page = 1; page <= maxPages; page += 1) {
    const { count, enterpriseProjectId: own } = await readPage(page, enterpriseProjectId);
    if (own !== undefined) return own;
    if (count < workflowsPerPage) return undefined;
  }
  return undefined;
}
