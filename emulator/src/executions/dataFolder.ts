/**
 * Keeps workflows, executions and the clock in a folder, one small file per record, so that they outlive the process.
 * Every file is written beside its place and then renamed: a reader never sees half a record.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClockSetting } from "../ground/clock";
import { derivedHex } from "../ground/identifiers";
import { isJsonObject } from "../ground/jsonShape";
import { lockFolder } from "./folderLock";
import type { Execution, Workflow } from "./record";

/**
 * The folder behind `--data`.
 * @throws {Error} from every method, when the folder cannot be read or written
 */
export class DataFolder {
  readonly #folder: string;
  readonly #executions: string;
  readonly #workflows: string;
  readonly #clockFile: string;
  #release: (() => Promise<void>) | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#executions = join(folder, "executions");
    this.#workflows = join(folder, "workflows");
    this.#clockFile = join(folder, "clock.json");
    mkdirSync(this.#executions, { recursive: true });
    mkdirSync(this.#workflows, { recursive: true });
  }

  /**
   * Opens a folder, made when missing, for this process alone.
   * @throws {FolderInUseError} when another emulator has the folder
   */
  static async open(folder: string): Promise<DataFolder> {
    const opened = new DataFolder(folder);
    opened.#release = await lockFolder(folder, () => {
      opened.#lose();
    });
    return opened;
  }

  /** Lets other emulators have the folder; nothing is written from then on. */
  async close(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await release?.();
  }

  // The lock was deleted, or was taken over while this process stood still.
  #lose(): void {
    this.#release = undefined;
    process.stderr.write(
      `runbook-emulator: the lock of ${this.#folder} is gone. Another emulator may use the folder, so this emulator no longer keeps executions there.\n`,
    );
  }

  /** Keeps an execution, or replaces its former record. */
  saveExecution(execution: Execution): void {
    this.#write(this.#executionFile(execution), execution);
  }

  /** Forgets an execution. */
  removeExecution(execution: Execution): void {
    this.#remove(this.#executionFile(execution));
  }

  /**
   * The kept executions, in the order of their starts.
   * @throws {Error} when a record is damaged; names the file
   */
  loadExecutions(): Execution[] {
    const executions = this.#readAll<Execution>(this.#executions, ["id", "program"]);
    return executions.sort((a, b) => a.sequence - b.sequence);
  }

  /** Keeps a workflow, or replaces its former record. */
  saveWorkflow(workflow: Workflow): void {
    this.#write(this.#workflowFile(workflow), workflow);
  }

  /** Forgets a workflow. */
  removeWorkflow(workflow: Workflow): void {
    this.#remove(this.#workflowFile(workflow));
  }

  /**
   * The kept workflows.
   * @throws {Error} when a record is damaged; names the file
   */
  loadWorkflows(): Workflow[] {
    return this.#readAll<Workflow>(this.#workflows, ["id"]);
  }

  /** Keeps how the clock is set. */
  saveClock(setting: ClockSetting): void {
    this.#write(this.#clockFile, setting);
  }

  /**
   * The setting of the clock that was kept; `undefined` when nothing was kept.
   * @throws {Error} when the record is damaged; names the file
   */
  loadClock(): ClockSetting | undefined {
    try {
      return this.#read(this.#clockFile) as ClockSetting;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  // Ids come from clients: hashed, they cannot name a file outside the folder.
  #executionFile(execution: Execution): string {
    return join(this.#executions, `${derivedHex(execution.id).slice(0, 40)}.json`);
  }

  #workflowFile({ service, projectId, id }: Workflow): string {
    return join(this.#workflows, `${derivedHex(service, projectId, id).slice(0, 40)}.json`);
  }

  #remove(file: string): void {
    if (this.#release) rmSync(file, { force: true });
  }

  #write(file: string, record: unknown): void {
    if (!this.#release) return;
    const unfinished = `${file}.${String(process.pid)}.tmp`;
    writeFileSync(unfinished, JSON.stringify(record));
    renameSync(unfinished, file);
  }

  #readAll<T extends Execution | Workflow>(folder: string, required: readonly (keyof T & string)[]): T[] {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => {
      const file = join(folder, name);
      const record = this.#read(file);
      if (!isJsonObject(record) || required.some((key) => record[key] === undefined)) throw damaged(file);
      return record as T;
    });
  }

  #read(file: string): unknown {
    const text = readFileSync(file, "utf8");
    try {
      return JSON.parse(text);
    } catch (error) {
      throw damaged(file, error);
    }
  }
}

function damaged(file: string, cause?: unknown): Error {
  const problem = "is damaged, or kept by another version of the emulator";
  return new Error(`${file} ${problem}: delete it, or start with another data folder`, { cause });
}
