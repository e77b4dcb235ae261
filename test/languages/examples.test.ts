/**
 * The example in the languages that most programs are in. `test/languages/java` has Java, and YAML runs every service in
 * `test/e2e/pluginServices.test.ts`.
 */
import { testExampleIn } from "./exampleIn";

// A Go program is compiled with the whole of Pulumi's SDK first.
testExampleIn(["yaml", "python", "go", "typescript"]);
