/**
 * The dynamic provider as Pulumi's host calls it. The host takes no marks of secrets, and gives no old inputs.
 */
import { ExecutionProvider } from "../../provider/src/fronts/dynamic/executionProvider";
import type { CreatedButNotReady } from "../../provider/src/fronts/dynamic/hostErrors";
import { DeploymentMemory } from "../../provider/src/fronts/shared/deploymentMemory";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { Host, HostOptions } from "./host";
import { account, nowhere, openWorld } from "./host";
import type { Answer, ProviderSide } from "./providerSide";
import { Unready } from "./providerSide";
import type { Bag } from "./values";
import { travelled, withoutSecrets } from "./values";

const config: Readonly<Record<string, string>> = Object.fromEntries(
  ["huaweicloud", "alicloud", "aws"].flatMap((vendor) =>
    Object.entries(account).map(([name, value]) => [`${vendor}:${name}`, value]),
  ),
);

/** Opens the dynamic provider in a process. */
export function openDynamicHost(options: HostOptions): Host {
  const ending = new AbortController();
  const { register, session, reporter, hasEngine } = openWorld(options);
  const deployment = new DeploymentMemory();
  const settings = { ...nowhere, config: (key: string) => config[key], words: stackSettingWords };
  const provider = new ExecutionProvider(services[options.service], {
    host: { signal: ending.signal, deployment: undefined, serve: (call) => call(), hasEngine },
    register,
    deployment,
    openSession: () => openSession({ settings, ...session }),
    reporter,
    everythingSaid: () => Promise.resolve(),
  });
  const abort = (): void => {
    ending.abort();
  };
  return {
    provider: sideOf(provider),
    abort,
    // The host hears the signal only; it tells by its calls whether that is the end or Ctrl-C.
    cancel: (isBusy) => {
      if (isBusy) abort();
    },
    rest: async (isCutShort) => {
      if (isCutShort) return;
      const isReady = !deployment.hasFailed;
      await Promise.all(
        deployment.answered.map(({ service: of, urn, id }) => register.answered(of, urn, id, { isReady })),
      );
    },
  };
}

function sideOf(provider: ExecutionProvider): ProviderSide {
  return {
    check: async (_urn, olds, news) => {
      const { inputs, failures = [] } = await provider.check(sent(olds), sent(news));
      return { inputs: inputs as Bag, reasons: failures.map(({ reason }) => reason) };
    },
    diff: async (_urn, { id, outputs }, news) => {
      const {
        changes = false,
        replaces = [],
        deleteBeforeReplace = false,
      } = await provider.diff(id, sent(outputs), sent(news));
      return { changes, replaces, deleteBeforeReplace };
    },
    create: (_urn, inputs) =>
      answered(provider.create(sent(inputs)).then(({ id, outs }) => ({ id, outputs: outs as Bag }))),
    update: (_urn, { id, outputs }, news) =>
      answered(
        provider.update(id, sent(outputs), sent(news)).then(({ outs }) => ({ id, outputs: outs as Bag })),
      ),
    read: (_urn, { id, outputs }) =>
      answered(
        provider
          .read(id, sent(outputs))
          .then((result) => ({ id: result.id ?? "", outputs: (result.props ?? {}) as Bag })),
      ),
    delete: (_urn, { id, outputs }) => provider.delete(id, sent(outputs)),
  };
}

function sent(bag: Bag): Bag {
  return travelled(withoutSecrets(bag) as Bag);
}

async function answered(work: Promise<Answer>): Promise<Answer> {
  try {
    return await work;
  } catch (error) {
    const { message, id, properties = {}, reasons = [] } = error as Partial<CreatedButNotReady> & Error;
    if (id === undefined || reasons.length === 0) throw error;
    throw new Unready(message, { id, outputs: properties }, reasons);
  }
}
