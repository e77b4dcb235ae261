/**
 * The calls of the provider protocol that are about resources: a plugin as an engine has it.
 */
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import type { Comparison } from "./comparison";
import { comparisonOf } from "./comparison";
import { ProviderCalls } from "./providerCalls";
import type { Bag } from "./wireValues";
import { bagOf, structOf } from "./wireValues";

/** The answer to a create, a read or an update. */
export interface Answered {
  readonly id: string;
  readonly outputs: Bag;
  readonly inputs: Bag | undefined;
  readonly refreshBeforeUpdate: boolean;
}

/** A connection to a plugin, as one engine has it. */
export class EngineSide extends ProviderCalls {
  async check(
    urn: string,
    news: Bag,
    olds: Bag = {},
  ): Promise<{ inputs: Bag; failures: protocol.CheckFailure.AsObject[] }> {
    const request = new protocol.CheckRequest();
    request.setUrn(urn);
    request.setNews(structOf(news));
    request.setOlds(structOf(olds));
    const answer = await this.call<protocol.CheckResponse>("check", request);
    return {
      inputs: bagOf(answer.getInputs()),
      failures: answer.getFailuresList().map((each) => each.toObject()),
    };
  }

  async diff(
    urn: string,
    id: string,
    stored: { readonly inputs: Bag; readonly outputs: Bag },
    news: Bag,
  ): Promise<Comparison> {
    const request = new protocol.DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(stored.inputs));
    request.setOlds(structOf(stored.outputs));
    request.setNews(structOf(news));
    return comparisonOf(await this.call<protocol.DiffResponse>("diff", request));
  }

  async create(
    urn: string,
    inputs: Bag,
    { isPreview = false, timeoutSeconds = 0 }: { isPreview?: boolean; timeoutSeconds?: number } = {},
  ): Promise<Answered> {
    const request = new protocol.CreateRequest();
    request.setUrn(urn);
    request.setProperties(structOf(inputs));
    request.setPreview(isPreview);
    request.setTimeout(timeoutSeconds);
    const answer = await this.call<protocol.CreateResponse>("create", request);
    return answered(answer.getId(), answer);
  }

  async update(
    urn: string,
    id: string,
    stored: { readonly inputs: Bag; readonly outputs: Bag },
    news: Bag,
    { isPreview = false, timeoutSeconds = 0 }: { isPreview?: boolean; timeoutSeconds?: number } = {},
  ): Promise<Answered> {
    const request = new protocol.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(stored.inputs));
    request.setOlds(structOf(stored.outputs));
    request.setNews(structOf(news));
    request.setPreview(isPreview);
    request.setTimeout(timeoutSeconds);
    const answer = await this.call<protocol.UpdateResponse>("update", request);
    return answered(id, answer);
  }

  async read(
    urn: string,
    id: string,
    stored?: { readonly inputs: Bag; readonly outputs: Bag },
  ): Promise<Answered> {
    const request = new protocol.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    if (stored) {
      request.setInputs(structOf(stored.inputs));
      request.setProperties(structOf(stored.outputs));
    }
    const answer = await this.call<protocol.ReadResponse>("read", request);
    return answered(answer.getId(), answer, answer.hasInputs() ? bagOf(answer.getInputs()) : undefined);
  }

  async delete(
    urn: string,
    id: string,
    stored: { readonly inputs: Bag; readonly outputs: Bag },
    timeoutSeconds = 0,
  ): Promise<void> {
    const request = new protocol.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(stored.inputs));
    request.setProperties(structOf(stored.outputs));
    request.setTimeout(timeoutSeconds);
    await this.call("delete", request);
  }
}

type StateAnswer = protocol.CreateResponse | protocol.ReadResponse | protocol.UpdateResponse;

function answered(id: string, answer: StateAnswer, inputs?: Bag): Answered {
  return {
    id,
    outputs: bagOf(answer.getProperties()),
    inputs,
    refreshBeforeUpdate: answer.getRefreshBeforeUpdate(),
  };
}
