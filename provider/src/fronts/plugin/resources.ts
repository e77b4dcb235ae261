/**
 * The resources of one service as the engine calls them: its messages in, its messages out.
 */
import * as grpc from "@grpc/grpc-js";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { InputError, codeOf } from "../../ground/errors";
import { toMessage } from "../../ground/text";
import type { BackendDefinition, Outcome, StoredState } from "../../lifecycle";
import {
  check,
  describeDiff,
  formatProblem,
  isSettled,
  keptOutputs,
  knownOutputs,
  storedStatus,
} from "../../lifecycle";
import { newSecrets } from "../shared/newSecrets";
import { PathSet, argumentsOf, replacedAt } from "../shared/propertyPaths";
import { ResourceCalls } from "../shared/resourceCalls";
import { SecretMemory } from "../shared/secretMemory";
import { secretOf } from "../shared/wireMarkers";
import { answerOutputs } from "./answers";
import type { ServedCall } from "./callDesk";
import { CallDesk } from "./callDesk";
import { comparedState } from "./comparedState";
import type { Deployment } from "./deployment";
import { toDiffResponse } from "./differences";
import { InitFailed, Refused, describeThrown } from "./failures";
import { readImportId } from "./importId";
import type { Properties } from "./properties";
import { previewed, checkAhead } from "./previews";
import { isEmpty, readProperties, toStruct } from "./properties";

/** The resources of one service. */
export class ServiceResources {
  readonly #definition: BackendDefinition;
  readonly #deployment: Deployment;
  readonly #calls: ResourceCalls;
  readonly #desk: CallDesk;
  readonly #stored = new SecretMemory();
  // Resources that are being imported: their outcome is taken as it is.
  readonly #imported = new Set<string>();

  constructor(definition: BackendDefinition, deployment: Deployment) {
    this.#definition = definition;
    this.#deployment = deployment;
    this.#desk = new CallDesk(deployment);
    this.#calls = new ResourceCalls(definition, deployment, () => deployment.session);
  }

  /** Validates. A value that the state has as a secret stays one. */
  check(request: protocol.CheckRequest): Promise<protocol.CheckResponse> {
    const urn = request.getUrn();
    const news = readProperties(request.getNews());
    const olds = readProperties(request.getOlds());
    const isInState = !isEmpty(olds);
    const kept = this.#stored.of(urn, isInState ? olds : undefined)?.keptIn(news.args, []) ?? [];
    const secretPaths = new PathSet([...news.secretPaths, ...kept]).outermost();
    return this.#desk.serve(urn, { ...news, secretPaths }, ({ hide }) => {
      this.#desk.setProgramSecrets(urn, argumentsOf(news.secretPaths));
      const problems = this.#calls.check({ urn, args: news.args, isInState });
      const response = new protocol.CheckResponse();
      for (const problem of problems) {
        const failure = new protocol.CheckFailure();
        failure.setProperty(problem.argument ?? "");
        failure.setReason(toMessage(hide(formatProblem(problem))));
        response.addFailures(failure);
      }
      const known = new PathSet(news.secretPaths);
      const marks = new PathSet(kept.filter((path) => !known.has(path))).outermost();
      response.setInputs(toStruct(replacedAt(news.raw, marks, secretOf) as Properties["raw"]));
      return response;
    });
  }

  /** Compares. Says nothing in a refresh, which runs nothing. */
  diff(request: protocol.DiffRequest): Promise<protocol.DiffResponse> {
    const [urn, id] = [request.getUrn(), request.getId()];
    const news = readProperties(request.getNews());
    const stored = readProperties(request.getOlds());
    return this.#desk.serve(urn, news, async (call) => {
      const inputs = readProperties(request.getOldInputs());
      const result = await this.#calls.diff(this.#desk.call(urn, call), {
        id,
        stored: comparedState(this.#definition, inputs, stored),
        // The engine sees to it.
        replaceOnChanges: [],
        newSecrets: newSecrets(stored, news),
        isOutcomeTaken: this.#imported.has(urn),
        explain: async (found, isDeployment) => {
          if (!isDeployment) return;
          const reasons = found.changes.map(({ reason }) => reason);
          await this.#desk.reporter(urn, call).explain(describeDiff(found.action, reasons, true), true);
        },
      });
      return toDiffResponse(result);
    });
  }

  /** Starts and waits; in a preview checks whether that can be done. */
  create(request: protocol.CreateRequest): Promise<protocol.CreateResponse> {
    const urn = request.getUrn();
    return this.#desk.serve(urn, readProperties(request.getProperties()), async (call) => {
      const response = new protocol.CreateResponse();
      if (request.getPreview()) {
        await checkAhead(this.#definition, call.args, this.#deployment, this.#desk.reporter(urn, call));
        response.setProperties(toStruct(previewed(this.#definition, knownOutputs(call.args), call)));
        return response;
      }
      const outcome = await this.#calls
        .create(this.#desk.call(urn, call, request.getTimeout()))
        .catch((error: unknown) => {
          // Of any other error it is sure that nothing was started.
          const isUncertain = codeOf(error) === "WFX-START-UNCERTAIN";
          const code = isUncertain ? grpc.status.UNKNOWN : grpc.status.FAILED_PRECONDITION;
          throw new Refused(code, call.hide(describeThrown(error)));
        });
      response.setProperties(toStruct(this.#answer(outcome, call)));
      response.setId(outcome.id.toWellFormed());
      return response;
    });
  }

  /** Updates the same execution with new arguments, or resumes a wait that was interrupted. */
  update(request: protocol.UpdateRequest): Promise<protocol.UpdateResponse> {
    const [urn, id] = [request.getUrn(), request.getId()];
    const stored = readProperties(request.getOlds());
    return this.#desk.serve(urn, readProperties(request.getNews()), async (call) => {
      const response = new protocol.UpdateResponse();
      if (request.getPreview()) {
        const known = keptOutputs(this.#definition, stored.args, call.args);
        response.setProperties(toStruct(previewed(this.#definition, known, call, stored)));
        return response;
      }
      const outcome = await this.#calls.update(
        id,
        stored.args,
        this.#desk.call(urn, call, request.getTimeout()),
      );
      response.setProperties(toStruct(this.#answer(outcome, call, stored)));
      return response;
    });
  }

  /** Reads: for a refresh, an import, or a resource that the stack does not own (`get`). */
  read(request: protocol.ReadRequest): Promise<protocol.ReadResponse> {
    const [urn, id] = [request.getUrn(), request.getId()];
    const state = readProperties(request.getProperties());
    const inputs = readProperties(request.getInputs());
    // A state has an outcome, also that of a teardown runbook.
    if (state.args["status"] === undefined) return this.#lookUp(urn, id, isEmpty(inputs) ? state : inputs);
    const secretPaths = new PathSet([...state.secretPaths, ...inputs.secretPaths]).outermost();
    return this.#desk.serve(urn, { ...state, secretPaths }, async (call) => {
      const found = await this.#calls.read(id, this.#desk.call(urn, call));
      // Without an id the resource is gone; never so for one that has an outcome.
      if (!found) return new protocol.ReadResponse();
      return this.#readResponse(id, found, call, inputs.raw, { urn, stored: state });
    });
  }

  /** Stops an execution that is still running, or runs a teardown runbook. */
  delete(request: protocol.DeleteRequest): Promise<void> {
    const [urn, id] = [request.getUrn(), request.getId()];
    const inputs = readProperties(request.getOldInputs());
    const state = readProperties(request.getProperties());
    const secretPaths = new PathSet([...state.secretPaths, ...inputs.secretPaths]).outermost();
    return this.#desk.serve(urn, { ...state, secretPaths }, (call) =>
      this.#calls.delete(id, this.#desk.call(urn, call, request.getTimeout())),
    );
  }

  #lookUp(urn: string, id: string, given: Properties): Promise<protocol.ReadResponse> {
    return this.#desk.serve(urn, given, async (call) => {
      const isImport = isEmpty(given);
      const { executionId, args } = readImportId(this.#definition, id, call.args);
      // Nobody has checked them.
      const [problem] = check(this.#definition, args, this.#deployment.session.settings);
      if (problem) throw new InputError(formatProblem(problem));
      if (isImport) this.#imported.add(urn);
      const raw = { ...args, ...call.raw };
      const readCall: ServedCall = { ...call, args, raw };
      const found = await this.#calls.read(executionId, this.#desk.call(urn, readCall));
      if (!found) return new protocol.ReadResponse();
      return this.#readResponse(executionId, found, readCall, raw, isImport ? { urn, isImport } : {});
    });
  }

  /** @param own the resource, where the stack owns it: then it stays unhealthy as long as its execution is not as wanted. */
  async #readResponse(
    id: string,
    found: StoredState,
    call: ServedCall,
    inputs: Properties["raw"],
    own: { readonly urn?: string; readonly stored?: Properties; readonly isImport?: boolean },
  ): Promise<protocol.ReadResponse> {
    const { urn, stored, isImport = false } = own;
    const reason =
      urn === undefined ? undefined : await this.#calls.explainUnready(id, found, this.#desk.call(urn, call));
    const outs = answerOutputs(this.#definition, found, call, { stored, isFailure: reason !== undefined });
    if (reason !== undefined) {
      const reasons = isImport ? [reason, importedUnready] : [reason];
      throw new InitFailed(id, outs, reasons.map(call.hide), {
        inputs,
        refreshBeforeUpdate: mayChange(found),
      });
    }
    const response = new protocol.ReadResponse();
    response.setId(id);
    response.setProperties(toStruct(outs));
    response.setInputs(toStruct(inputs));
    return response;
  }

  // From here on there is an execution: only an error that keeps its id may be thrown.
  #answer(outcome: Outcome, call: ServedCall, stored?: Properties): Record<string, unknown> {
    const isFailure = outcome.kind === "unready";
    const outs = answerOutputs(this.#definition, outcome.state, call, { stored, isFailure });
    if (!isFailure) return outs;
    const refreshBeforeUpdate = mayChange(outcome.state);
    throw new InitFailed(outcome.id.toWellFormed(), outs, outcome.reasons.map(call.hide), {
      refreshBeforeUpdate,
    });
  }
}

// The engine refuses to replace a resource that still has the option.
const importedUnready = "It was imported as it is. Remove the option `import` before the next `pulumi up`.";

function mayChange(state: StoredState): boolean {
  return !isSettled(storedStatus(state));
}
