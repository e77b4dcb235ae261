/**
 * Sends the requests of one flow: each takes a token of its operation, and errors name the flow.
 */
import type { Clock } from "../../../ground/clock";
import type { SendOptions } from "../../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../../http/request";
import type { RateLimit, BucketView } from "../../../http/tokenBucket";
import type { BackendContext } from "../../../execution/service";
import { elsewhere } from "../../../execution/rules";
import { Buckets, configuredRateLimits } from "../../rateLimits";
import type { AlibabaClient } from "../alibabaClient";
import { toAlibabaError } from "../serviceErrors";
import type { CloudFlow } from "./api";

// Flows of the older Serverless Workflow take half of the size that the argument's rule allows. Only the service can
// tell.
const tooLarge =
  "The input is too large for the flow. Flows of the older Serverless Workflow (`type: flow`) accept 32 KiB: " +
  `${elsewhere}, or rewrite the flow as \`Type: StateMachine\`.`;

// Per account, from the limits page of the vendor; every other operation has 10 and 2.
const published: Readonly<Record<string, RateLimit>> = {
  StartExecution: { tokens: 100, perSecond: 100 },
  DescribeExecution: { tokens: 50, perSecond: 5 },
  GetExecutionHistory: { tokens: 50, perSecond: 5 },
};

function publishedRateLimit(_service: string, operation: string): RateLimit {
  return published[operation] ?? { tokens: 10, perSecond: 2 };
}

/** The buckets of the account; one object for all its flows. */
export function bucketsOf(context: BackendContext): Buckets {
  const { settings, clock } = context;
  return context.shared(
    "alibabaBuckets",
    () => new Buckets(configuredRateLimits(settings, "alicloud:requestLimits", publishedRateLimit), clock),
  );
}

/** Options for sending one request. */
export type FlowSendOptions = Pick<
  SendOptions,
  "signal" | "patience" | "attempts" | "onSendAgain" | "onSent"
>;

/** The sender of a flow's requests. */
export interface FlowSender {
  readonly client: AlibabaClient;
  readonly buckets: Buckets;
  readonly clock: Clock;
}

/** The requests of one flow. */
export class FlowRequests {
  readonly flow: CloudFlow;
  /** The flow, for messages. */
  readonly subject: string;
  readonly #sender: FlowSender;

  constructor(flow: CloudFlow, subject: string, sender: FlowSender) {
    this.flow = flow;
    this.subject = subject;
    this.#sender = sender;
  }

  /** The remaining requests that an operation may make. */
  budget(operation: string): BucketView {
    return this.#sender.buckets.of("cloudflow", operation);
  }

  /** Sends a request; errors as HttpClient.send. */
  send(request: HttpRequest, options: FlowSendOptions): Promise<HttpAnswer> {
    const { client, buckets, clock } = this.#sender;
    return client.send(request, {
      ...options,
      bucket: buckets.of("cloudflow", request.operation),
      toServiceError: toAlibabaError(clock, {
        notFound: `There is no ${this.subject}, or no such execution of it: check flowName and region.`,
        tooLarge,
      }),
    });
  }
}
