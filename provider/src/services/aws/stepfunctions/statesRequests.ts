/**
 * Sends the requests of one state machine: each takes a token of its operation, and errors name the state machine.
 */
import type { Clock } from "../../../ground/clock";
import type { SendOptions } from "../../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../../http/request";
import type { RateLimit, BucketView } from "../../../http/tokenBucket";
import type { BackendContext } from "../../../execution/service";
import type { RateLimitOf } from "../../rateLimits";
import { Buckets, configuredRateLimits } from "../../rateLimits";
import type { AwsClient } from "../awsClient";
import { toAwsError } from "../serviceErrors";
import type { StatesPlace } from "./api";

const busyRegions: ReadonlySet<string> = new Set(["us-east-1", "us-west-2", "eu-west-1"]);

// Per account and region, from the vendor's page on quotas: three regions have more.
const publishedInBusyRegions: Readonly<Record<string, RateLimit>> = {
  StartExecution: { tokens: 1_300, perSecond: 300 },
  DescribeExecution: { tokens: 300, perSecond: 15 },
  StopExecution: { tokens: 1_000, perSecond: 200 },
  ListExecutions: { tokens: 200, perSecond: 5 },
  RedriveExecution: { tokens: 1_300, perSecond: 300 },
};
const published: Readonly<Record<string, RateLimit>> = {
  StartExecution: { tokens: 800, perSecond: 150 },
  DescribeExecution: { tokens: 250, perSecond: 10 },
  StopExecution: { tokens: 500, perSecond: 25 },
  ListExecutions: { tokens: 100, perSecond: 2 },
  RedriveExecution: { tokens: 800, perSecond: 150 },
};
const publishedEverywhere: Readonly<Record<string, RateLimit>> = {
  GetExecutionHistory: { tokens: 400, perSecond: 20 },
  // The service has no limit for the API, only a capacity, which grows. This limit is ours.
  StartSyncExecution: { tokens: 100, perSecond: 50 },
};
// For operations that the page does not name.
const unnamed: RateLimit = { tokens: 100, perSecond: 2 };

/** The rate limits of Step Functions for an account in a region. */
export function publishedRateLimits(region: string): RateLimitOf {
  const ofRegion = busyRegions.has(region) ? publishedInBusyRegions : published;
  return (_service, operation) => ofRegion[operation] ?? publishedEverywhere[operation] ?? unnamed;
}

/** The buckets of an account in a region; one object for all its state machines. */
export function bucketsOf(context: BackendContext, place: StatesPlace): Buckets {
  const { settings, clock } = context;
  const { region, accountId } = place.machine;
  return context.shared(
    `awsBuckets:${accountId}:${region}`,
    () =>
      new Buckets(configuredRateLimits(settings, "aws:requestLimits", publishedRateLimits(region)), clock),
  );
}

/** Options for sending one request. */
export type StatesSendOptions = Pick<
  SendOptions,
  "signal" | "patience" | "attempts" | "onSendAgain" | "onSent"
>;

/** The sender of a state machine's requests. */
export interface StatesSender {
  readonly client: AwsClient;
  readonly buckets: Buckets;
  readonly clock: Clock;
}

/** The requests of one state machine. */
export class StatesRequests {
  readonly place: StatesPlace;
  /** The state machine, for messages. */
  readonly subject: string;
  readonly #sender: StatesSender;

  constructor(place: StatesPlace, sender: StatesSender) {
    const { name, region, accountId } = place.machine;
    this.place = place;
    this.subject = `state machine ${name} of account ${accountId} (${region})`;
    this.#sender = sender;
  }

  /** The remaining requests of an operation. */
  budget(operation: string): BucketView {
    return this.#sender.buckets.of("stepfunctions", operation);
  }

  /** Sends a request; errors as HttpClient.send. */
  send(request: HttpRequest, options: StatesSendOptions): Promise<HttpAnswer> {
    const { client, buckets, clock } = this.#sender;
    const { machine } = this.place;
    const scope = { region: machine.region, service: "states" };
    return client.send(request, scope, {
      ...options,
      bucket: buckets.of("stepfunctions", request.operation),
      toServiceError: toAwsError(clock, {
        notFound: `There is no ${this.subject}, or no such execution of it: check stateMachineArn.`,
        permission: `Check the credentials, and that they have the permission states:${request.operation} for ${machine.arn}.`,
      }),
    });
  }
}
