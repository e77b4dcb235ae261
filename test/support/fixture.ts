/** An emulator and a stack per test, closed at the end of every test. */
import type { Emulator, EmulatorOptions } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { TestStack } from "./stack";
import { openStack } from "./stack";

/** The emulator and the stack of a test. */
export interface Fixture {
  readonly emulator: Emulator;
  readonly stack: TestStack;
}

/** Registers set-up and tear-down; the object is filled before each test. */
export function useFixture(
  options: { emulator?: EmulatorOptions; config?: Record<string, string> } = {},
): Fixture {
  const fixture: { emulator?: Emulator; stack?: TestStack } = {};
  beforeEach(async () => {
    fixture.emulator = await startEmulator(options.emulator);
    fixture.stack = await openStack(fixture.emulator.url, options.config);
  });
  afterEach(async () => {
    await fixture.stack?.close();
    await fixture.emulator?.close();
    delete fixture.stack;
    delete fixture.emulator;
  });
  return fixture as Fixture;
}
