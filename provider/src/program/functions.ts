/**
 * The common part of all functions of the services' modules. They run in the program's own process, in a session for their
 * options or the stack's configuration. Under the SDK's mocks the mocks answer, and no request is sent.
 */
import * as pulumi from "@pulumi/pulumi";
import { withoutCredentials } from "../fronts/shared/privacy";
import type { ServiceName } from "../services/registry";
import type { Session } from "../lifecycle/index";
import type { Configuration } from "./functionOptions";
import { checkOptions, knownSettings, settingsOfProvider, whenReady } from "./functionOptions";
import { sessionFor } from "./functionSessions";
import type { InputOf } from "./types";

/** A function of a service, in the forms in which programs call it. */
export interface ProgramFunction<Args extends object, Result> {
  /** For plain arguments. */
  call(args: Args, opts?: pulumi.InvokeOptions): Promise<Result>;
  /** For arguments that are outputs of other resources. */
  output(args: InputOf<Args>, opts?: pulumi.InvokeOutputOptions): pulumi.Output<Result>;
}

/** The token of a function, as mocks see it, e.g. `pulumi-nodejs:aom:getWorkflowExecutions`. */
export function functionToken(service: ServiceName, name: string): string {
  return `pulumi-nodejs:${service}:${name}`;
}

/**
 * Makes a function.
 * @param name as programs call it, e.g. `getWorkflowExecutions`.
 * @param run does it in a session. Neither its result nor its error contains a credential that a service has echoed:
 *   programs show and store both.
 */
export function programFunction<Args extends object, Result>(
  service: ServiceName,
  name: string,
  run: (args: Args, session: Session) => Promise<Result>,
): ProgramFunction<Args, Result> {
  const token = functionToken(service, name);
  const label = `${service}.${name}`;
  const runFor = async (args: Args, configuration: Configuration | undefined): Promise<Result> => {
    const session = sessionFor(configuration);
    try {
      return withoutCredentials(await run(args, session), session);
    } catch (error) {
      throw withoutCredentialsIn(error, session);
    }
  };
  return {
    call: async (args, opts) => {
      checkOptions(label, opts, false);
      if (isMocked()) return pulumi.runtime.invoke(token, { ...args }, opts) as Promise<Result>;
      const settings = settingsOfProvider(token, opts);
      return runFor(args, settings && (await knownSettings(label, settings)));
    },
    output: (args, opts) => {
      checkOptions(label, opts, true);
      if (isMocked()) return pulumi.runtime.invokeOutput<Result>(token, { ...args }, opts);
      const settings = settingsOfProvider(token, opts);
      const given = args as pulumi.Input<unknown>;
      return pulumi
        .all([given, settings, whenReady(opts?.dependsOn, given)])
        .apply(([known, configuration]) => runFor(known as Args, configuration));
    },
  };
}

/**
 * Goes through the answers of a function that gives them one by one, with the options of the plain form.
 * @param run as for {@link programFunction}.
 * @param unpack finds the answers in the result of a mock.
 */
export async function* programIteration<Args extends object, Item>(
  service: ServiceName,
  name: string,
  args: Args,
  opts: pulumi.InvokeOptions | undefined,
  run: (args: Args, session: Session) => AsyncIterable<Item>,
  unpack: (answer: unknown) => Iterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  const token = functionToken(service, name);
  const label = `${service}.${name}`;
  checkOptions(label, opts, false);
  if (isMocked()) {
    yield* unpack(await pulumi.runtime.invoke(token, { ...args }, opts));
    return;
  }
  const settings = settingsOfProvider(token, opts);
  const session = sessionFor(settings && (await knownSettings(label, settings)));
  try {
    for await (const item of run(args, session)) yield withoutCredentials(item, session);
  } catch (error) {
    throw withoutCredentialsIn(error, session);
  }
}

// The engine's monitor is a gRPC client; the monitor of `setMocks` is not.
function isMocked(): boolean {
  if (!pulumi.runtime.hasMonitor()) return false;
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  return monitor !== undefined && !("getChannel" in monitor);
}

// The error itself: programs tell errors by their classes.
function withoutCredentialsIn(error: unknown, session: Session): unknown {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    for (const name of ["message", "stack", "serviceCode", "serviceMessage", "requestId"]) {
      const text = (each as unknown as Record<string, unknown>)[name];
      if (typeof text !== "string") continue;
      const redacted = withoutCredentials(text, session);
      if (redacted !== text) Object.defineProperty(each, name, { value: redacted, configurable: true });
    }
  }
  return error;
}
