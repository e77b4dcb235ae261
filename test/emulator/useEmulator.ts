/**
 * One emulator for all tests of a file, as new before each.
 */
import type { Emulator, EmulatorOptions } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { EmulatorClient } from "./emulatorClient";

/** Starts an emulator before the first test; the client has its address from then on. */
export function useEmulator<Client extends EmulatorClient>(
  ClientClass: new (url: string) => Client,
  options: EmulatorOptions = {},
): Client {
  const client = new ClientClass("http://not-started.invalid");
  let emulator: Emulator | undefined;
  beforeAll(async () => {
    emulator = await startEmulator(options);
    client.url = emulator.url;
  });
  afterAll(() => emulator?.close());
  beforeEach(() => client.control("POST", "/reset"));
  return client;
}
