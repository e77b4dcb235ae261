/**
 * The same small program in every language whose host is here, under a real engine: up, nothing to do, a run again by its
 * trigger, destroy.
 */
import { join, resolve } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { executionsOf } from "../support/emulators";
import type { Language, LanguageStack } from "../support/languageStack";
import { openLanguageStack, schemaVersion, whyNot } from "../support/languageStack";

// A Go program is compiled with the whole of Pulumi's SDK first.
jest.setTimeout(600_000);

const examples = resolve(__dirname, "../../examples/plugin");

let emulator: Emulator;
let stack: LanguageStack | undefined;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(async () => {
  stack?.close();
  stack = undefined;
  await emulator.close();
});

describe.each<Language>(["yaml", "python", "go", "java", "typescript"])("%s", (language) => {
  const reason = whyNot(language);
  if (reason !== undefined) {
    test.skip(`up, nothing to do, run again, destroy (skipped: ${reason})`, () => {
      // Nothing to do: the name says why.
    });
    return;
  }

  test("up, nothing to do, run again, destroy", async () => {
    stack = await openLanguageStack(language, join(examples, language), emulator.url);
    const first = await stack.up();
    expect(first.output).not.toContain("error:");
    expect(first.ok).toBe(true);
    expect(await stack.outputs()).toMatchObject({
      status: { value: "succeeded" },
      version: { value: "1.4.2" },
    });
    expect(await executionsOf(emulator)).toHaveLength(1);
    expect(stack.stored()).not.toContain("emulator-secret-key");

    // Without these `refresh` and `destroy` would not find the plugin again.
    const provider = (await stack.state()).find(({ type }) => type === "pulumi:providers:runbook");
    if (language !== "yaml") {
      expect(provider!.inputs).toMatchObject({
        version: schemaVersion(),
        __internal: { pluginDownloadURL: "github://api.github.com/pulumi-runbook/pulumi-runbook" },
      });
    }

    expect((await stack.up()).changes).toEqual({ same: 2 });
    expect(await executionsOf(emulator)).toHaveLength(1);

    await stack.config("image", "1.4.3");
    const preview = await stack.preview();
    expect(preview.output).toMatch(/runs again: triggers\.image changed/);
    expect((await stack.up()).changes).toMatchObject({ replace: 1 });
    expect(await executionsOf(emulator)).toHaveLength(2);

    expect((await stack.destroy()).ok).toBe(true);
    expect(await stack.state()).toEqual([]);
    expect(await executionsOf(emulator)).toHaveLength(2);
  });
});
