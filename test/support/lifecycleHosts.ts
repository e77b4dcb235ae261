/**
 * A front for tests that call the lifecycle directly: a real session with the emulator, and a reporter that remembers
 * the messages to the person.
 */
import type { Emulator } from "runbook-emulator";
import { rowReporter } from "../../provider/src/fronts/shared/rowReporter";
import type { LifecycleHost, Reporter, Session, Settings } from "../../provider/src/lifecycle";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { EmulatedClock } from "./emulatedClock";
import { emulatedClock } from "./emulatedClock";
import { huaweiEndpoints } from "./everyService";
import { demoProjectId, never, settingsOf } from "./sessions";

/** A reporter that remembers. */
export interface RecordingReporter extends Reporter {
  readonly statuses: readonly string[];
  readonly infos: readonly string[];
  readonly warnings: readonly string[];
}

/** Makes a reporter; `onStatus` is called with every live line. */
export function recordingReporter(onStatus: (text: string) => void = () => undefined): RecordingReporter {
  const statuses: string[] = [];
  const infos: string[] = [];
  const warnings: string[] = [];
  const reporter = rowReporter({
    status: (text) => {
      statuses.push(text);
      onStatus(text);
    },
    info: (text) => {
      infos.push(text);
    },
    warn: (text) => {
      warnings.push(text);
    },
  });
  return { ...reporter, statuses, infos, warnings };
}

/** Settings of the emulator's demo account: its access key and its addresses, unless told otherwise. */
export function emulatorSettings(emulator: Emulator, config: Record<string, string> = {}): Settings {
  return settingsOf({
    config: {
      "huaweicloud:accessKey": "EMULATORACCESSKEY0001",
      "huaweicloud:secretKey": "emulator-secret-key-0001",
      "huaweicloud:region": "cn-north-4",
      "huaweicloud:projectId": demoProjectId,
      "huaweicloud:endpoints": JSON.stringify(huaweiEndpoints(emulator.url)),
      "alicloud:accessKey": "EMULATORACCESSKEY0001",
      "alicloud:secretKey": "emulator-secret-key-0001",
      "alicloud:region": "cn-hangzhou",
      "alicloud:endpoints": JSON.stringify({ fnf: emulator.url }),
      "aws:accessKey": "EMULATORACCESSKEY0001",
      "aws:secretKey": "emulator-secret-key-0001",
      "aws:endpoints": JSON.stringify([{ sfn: emulator.url }]),
      ...config,
    },
  });
}

/** A lifecycle host whose session shares its clock with an emulator. */
export interface EmulatedHost extends LifecycleHost {
  readonly session: Session;
  readonly reporter: RecordingReporter;
  readonly clock: EmulatedClock;
}

/** Opens a host on an emulator; the emulator's clock stands still from now on. */
export async function emulatedHost(
  emulator: Emulator,
  settings: Settings = emulatorSettings(emulator),
  more: { readonly signal?: AbortSignal; readonly onStatus?: (text: string) => void } = {},
): Promise<EmulatedHost> {
  const clock = await emulatedClock(emulator);
  return {
    definition: services.aom,
    session: openSession({ settings, clock, random: () => 0.5 }),
    reporter: recordingReporter(more.onStatus),
    signal: more.signal ?? never,
    urn: "urn:pulumi:test::test::type::execution",
    register: new RunRegister(),
    secretArguments: [],
    clock,
  };
}
