/** The README's picture is current: a new real deployment shows the same rows. Times are left open. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { demandPulumiFolder } from "../support/engineEnvironment";

const root = resolve(__dirname, "../..");

test("docs/pictures/up.svg shows what `pulumi up` shows today; `npm run picture` draws it again", async () => {
  const cli = demandPulumiFolder();
  const { recordDeployment } = await import("../../tools/picture/recordDeployment.mjs");
  const { drawDeployment, executionRowOf, linesOfPicture, untimed } =
    await import("../../tools/picture/pictureOfDeployment.mjs");
  const drawn = linesOfPicture(readFileSync(`${root}/docs/pictures/up.svg`, "utf8"));
  const recorded = linesOfPicture(drawDeployment(await recordDeployment({ repository: root, cli })));

  expect(drawn.at(-1)!.map(untimed)).toEqual(recorded.at(-1)!.map(untimed));
  // A slow machine does not show the moment before the first step; each step is long enough to be seen.
  const stepsOf = (screens: readonly string[][]): string[] =>
    screens.flatMap((screen) => executionRowOf(screen) ?? []).filter((row) => /Check|Run|Verify/.test(row));
  expect(stepsOf(drawn).length).toBeGreaterThan(2);
  expect(stepsOf(recorded)).toEqual(stepsOf(drawn));
});
