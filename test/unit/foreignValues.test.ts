/** Values from the engine that are no data are named by argument and path. */
import { foreignValues } from "../../provider/src/fronts/shared/foreignValues";
import { unknownValue } from "../../provider/src/lifecycle";

const signatureKey = "4dabf18193072939515e22adb298388d";
const asset = { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", text: "a", hash: "b" };

test("assets at any depth, and numbers within a map or a list", () => {
  expect(
    foreignValues({
      input: { doc: asset, list: [1, { "a b": NaN }] },
      triggers: asset,
      headers: { fine: "x", none: null, later: unknownValue },
      timeoutSeconds: NaN,
    }),
  ).toEqual([
    {
      argument: "input",
      reason: "has an asset or archive at input.doc: give the text itself, or a hash of the file",
    },
    { argument: "input", reason: 'has NaN at input.list[1]["a b"]: give a finite number, or null' },
    { argument: "triggers", reason: "is an asset or archive: give the text itself, or a hash of the file" },
  ]);
});
