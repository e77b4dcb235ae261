/**
 * The same small program in a language, under a real engine: up, nothing to do, a run again by its trigger, destroy. Beside the
 * example are executions of the other services, so that each language has run each service.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Emulator } from "runbook-emulator";
import { control, executionsOf } from "../support/emulators";
import { registeredServices } from "../support/everyService";
import type { Language, LanguageStack } from "../support/languageStack";
import { openLanguageStack, schemaVersion, whyNot } from "../support/languageStack";
import { startWithStates } from "../support/stepFunctions/emulatedStates";

const examples = resolve(__dirname, "../../examples/plugin");

/** By language: the file that declares the other services, and the change of the example that uses it. */
const services: Readonly<
  Partial<
    Record<Language, { readonly file: string; readonly main: string; readonly change: [RegExp, string] }>
  >
> = {
  go: {
    file: "services.go",
    main: "main.go",
    change: [/return nil\n\t\}\)/, "return declareServices(ctx, image)\n\t})"],
  },
  java: {
    file: "Services.java",
    main: "App.java",
    change: [/(?<=orElse\("1\.4\.2"\);)/, " Services.declare(ctx, image);"],
  },
  python: { file: "services.py", main: "__main__.py", change: [/$/, "import services\n"] },
  typescript: { file: "services.ts", main: "index.ts", change: [/$/, 'export * from "./services";\n'] },
};

/** Adds the other services to a copy of the example. */
function addServices(language: Language, folder: string): void {
  const added = services[language];
  if (!added) return;
  copyFileSync(join(__dirname, "services", added.file), join(folder, added.file));
  const main = join(folder, added.main);
  const [place, text] = added.change;
  const example = readFileSync(main, "utf8");
  if (!place.test(example)) throw new Error(`${added.main} has no place for the other services`);
  writeFileSync(main, example.replace(place, text));
}

/** The tests of the example in some languages. */
export function testExampleIn(languages: readonly Language[]): void {
  let emulator: Emulator;
  let stack: LanguageStack | undefined;
  beforeEach(async () => {
    emulator = await startWithStates();
    const nodes = [{ id: "Work", name: "Work", durationMs: 100 }];
    await control(emulator, "PUT", "/workflows/demo-succeeds", { service: "stepfunctions", nodes });
  });
  afterEach(async () => {
    stack?.close();
    stack = undefined;
    await emulator.close();
  });

  describe.each(languages)("%s", (language) => {
    const reason = whyNot(language);
    if (reason !== undefined) {
      test.skip(`up, nothing to do, run again, destroy (skipped: ${reason})`, () => {
        // Nothing to do: the name says why.
      });
      return;
    }

    test("up, nothing to do, run again, destroy", async () => {
      const count = services[language] ? registeredServices.length : 1;
      stack = await openLanguageStack(language, join(examples, language), emulator.url, (folder) => {
        addServices(language, folder);
      });
      const first = await stack.up();
      expect(first.output).not.toContain("error:");
      expect(first.ok).toBe(true);
      expect(await stack.outputs()).toMatchObject({
        status: { value: "succeeded" },
        version: { value: "1.4.2" },
      });
      if (count > 1) {
        const events = {
          others: { value: Array(4).fill("succeeded") },
          firstEvent: { value: "1 ExecutionStarted" },
        };
        expect(await stack.outputs()).toMatchObject(events);
      }
      expect(await executionsOf(emulator)).toHaveLength(count);
      expect(stack.stored()).not.toContain("emulator-secret-key");

      // Without these `refresh` and `destroy` would not find the plugin again.
      const provider = (await stack.state()).find(({ type }) => type === "pulumi:providers:runbook");
      if (language !== "yaml") {
        expect(provider!.inputs).toMatchObject({
          version: schemaVersion(),
          __internal: { pluginDownloadURL: "github://api.github.com/pulumi-runbook/pulumi-runbook" },
        });
      }

      expect((await stack.up()).changes).toEqual({ same: count + 1 });
      expect(await executionsOf(emulator)).toHaveLength(count);

      await stack.config("image", "1.4.3");
      const preview = await stack.preview();
      expect(preview.output).toMatch(/runs again: triggers\.image changed/);
      expect((await stack.up()).changes).toMatchObject({ replace: count });
      expect(await executionsOf(emulator)).toHaveLength(2 * count);

      expect((await stack.destroy()).ok).toBe(true);
      expect(await stack.state()).toEqual([]);
      expect(await executionsOf(emulator)).toHaveLength(2 * count);
    });
  });
}
