/** An emulator for the tests of a file, and a plugin for each test. */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { control } from "../emulators";
import type { Plugin } from "./pluginProcess";
import { startPlugin } from "./pluginProcess";

/** The plugin of a test, and its emulator. */
export interface PluginFixture {
  readonly emulator: Emulator;
  readonly plugin: Plugin;
}

/**
 * Registers set-up and tear-down; the object is filled before each test.
 * @param options `isConfigured`: true for a plugin that has the emulator's settings already; the default
 */
export function usePlugin({ isConfigured = true } = {}): PluginFixture {
  const fixture: { emulator?: Emulator; plugin?: Plugin } = {};
  beforeAll(async () => {
    fixture.emulator = await startEmulator();
  });
  afterAll(() => fixture.emulator?.close());
  beforeEach(async () => {
    await control(fixture.emulator!, "POST", "/reset");
    fixture.plugin = await startPlugin(isConfigured ? fixture.emulator : undefined);
  });
  afterEach(() => fixture.plugin?.stop());
  return fixture as PluginFixture;
}
