/**
 * Puts messages on the resource's own row of the CLI: `Engine.Log` with the URN. The SDK's own log functions have no
 * engine in a provider's process. Every failure here is swallowed: a message is never worth an execution.
 */
import { toMessage } from "../../ground/text";
import type { Row } from "./rowReporter";

/** The engine as a front has reached it: a client, and the SDK's module of messages that belongs to it. */
export interface EngineConnection {
  readonly client: InstanceType<typeof import("@pulumi/pulumi/proto/engine_grpc_pb").EngineClient>;
  readonly messages: typeof import("@pulumi/pulumi/proto/engine_pb");
}

/** Options of the client. The engine is on this machine: gRPC would ask the proxy of `https_proxy` for it. */
export const engineClientOptions = { "grpc.enable_http_proxy": 0 } as const;

// A message that the engine does not take within this time is not worth waiting for.
const deadlineMs = 5_000;

// A deployment with a thousand executions has thousands of steps: nobody reads as many lines.
const maxInfoLines = 200;

/** The row of a resource in the CLI, which can also make sure that a message arrives. */
export interface EngineReporter extends Row {
  /**
   * Reports the reason for the next action, and waits until the engine has received the report: a preview may end right
   * after.
   * @param isKept repeated at the end: a terminal's rows lose messages that are not kept, and `--json` has no rows.
   */
  explain(text: string, isKept: boolean): Promise<void>;
}

/** A live line on its way: until it is sent, a later one takes its place. */
interface LiveLine {
  text: string;
  isSent: boolean;
}

/** The messages on their way to the row of one resource. */
interface Queue {
  readonly tail: Promise<void>;
  /** The last message, where that is a live line. */
  readonly status: LiveLine | undefined;
}

/** The messages of one deployment to its engine. */
export class EngineMessages {
  readonly #connect: () => EngineConnection | undefined;
  #engine: EngineConnection | undefined | "unavailable";
  #infoLines = 0;
  // The messages on their way to the engine, by resource.
  readonly #queues = new Map<string, Queue>();

  /** @param connect gives the engine; undefined if there is none. Called at the first message. */
  constructor(connect: () => EngineConnection | undefined) {
    this.#connect = connect;
  }

  /** A reporter for the resource with this URN; without one it is silent: a message on a wrong row misleads. */
  reporter(urn: string | undefined): EngineReporter {
    return {
      explain: async (text, isKept) => {
        if (urn !== undefined) await this.#enqueue(urn, () => this.#log(urn, text, "INFO", !isKept));
      },
      status: (text) => {
        if (urn !== undefined) this.#showStatus(urn, text);
      },
      // Kept, and repeated at the end: so there is a limit for all resources of a deployment together.
      info: (text) => {
        this.#infoLines += 1;
        if (this.#infoLines > maxInfoLines) return;
        const more = this.#infoLines === maxInfoLines ? " (later steps are only in the outputs)" : "";
        if (urn === undefined) return;
        this.#keep(urn, `${text}${more}`, "INFO");
      },
      warn: (text) => {
        if (urn !== undefined) this.#keep(urn, text, "WARNING");
      },
    };
  }

  /** Resolves when the engine has received the messages of a resource: the outcome is to stand below them. */
  async everythingSaid(urn: string | undefined): Promise<void> {
    if (urn !== undefined) await this.#queues.get(urn)?.tail;
  }

  #keep(urn: string, text: string, severity: "INFO" | "WARNING"): void {
    void this.#enqueue(urn, () => this.#log(urn, text, severity, false));
  }

  // Ephemeral: on the row while it lasts, not repeated at the end. Of several that wait, the last one is as good.
  #showStatus(urn: string, text: string): void {
    const last = this.#queues.get(urn)?.status;
    if (last?.isSent === false) {
      last.text = text;
      return;
    }
    const status = { text, isSent: false };
    const send = (): Promise<void> => {
      status.isSent = true;
      return this.#log(urn, status.text, "INFO", true);
    };
    void this.#enqueue(urn, send, status);
  }

  // One after the other: the engine takes messages that arrive together in any order, and the last message on a row is
  // to be the outcome. Sending a message never fails.
  async #enqueue(urn: string, send: () => Promise<void>, status?: LiveLine): Promise<void> {
    const before = this.#queues.get(urn);
    const tail = before ? before.tail.then(send) : send();
    const queue: Queue = { tail, status };
    this.#queues.set(urn, queue);
    await tail;
    if (this.#queues.get(urn) === queue) this.#queues.delete(urn);
  }

  // Never ERROR: the CLI would show the resource as failed, even if it succeeds.
  async #log(
    urn: string | undefined,
    text: string,
    severity: "INFO" | "WARNING",
    ephemeral: boolean,
  ): Promise<void> {
    if (urn === undefined) return;
    try {
      this.#engine ??= this.#connect() ?? "unavailable";
      if (this.#engine === "unavailable") return;
      const { client, messages } = this.#engine;
      const request = new messages.LogRequest();
      request.setSeverity(messages.LogSeverity[severity]);
      request.setMessage(toMessage(text));
      request.setUrn(urn);
      request.setEphemeral(ephemeral);
      await new Promise<void>((done) => {
        client.log(request, { deadline: Date.now() + deadlineMs } as never, () => {
          done();
        });
      });
    } catch {
      this.#engine = "unavailable";
    }
  }
}
