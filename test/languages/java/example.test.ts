/**
 * The example in Java, which is compiled with all of the SDK: `npm run test:ranges` runs it.
 */
import { testExampleIn } from "../exampleIn";

testExampleIn(["java"]);
