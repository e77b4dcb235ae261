/** The picture of a deployment: how a terminal's output becomes screens, and how screens become an SVG. */
import { readFileSync } from "node:fs";
import { inRepository, startModule } from "./toolProcess";

/** Evaluates an expression over the modules of the picture. */
async function evaluate<T>(expression: string): Promise<T> {
  const { code, stdout, stderr } = await startModule(
    `import { TerminalScreen, textOf } from "tools/picture/terminalScreen.mjs";
     import { drawTerminal } from "tools/picture/drawTerminal.mjs";
     import { executionRowOf, linesOfPicture, untimed } from "tools/picture/pictureOfDeployment.mjs";
     const rowsOf = (text, columns = 20) => {
       const screen = new TerminalScreen(columns);
       screen.write(text);
       return screen.rows();
     };
     const options = { columns: 20, secondsEach: 1, title: "A < B", description: "C & D" };
     console.log(JSON.stringify(${expression}));`,
  ).ending;
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

const written = JSON.stringify;

test.each([
  ["a row that is written again", "one\r\ntwo\r\n\u001b[2A\u001b[Kthree\r\n", ["three", "two"]],
  ["the rest of a screen that is cleared", "one\r\ntwo\r\n\u001b[2A\u001b[Jx", ["x"]],
  ["a carriage return", "abc\rX", ["Xbc"]],
  ["a row that is longer than the terminal", "123456789012345678901", ["12345678901234567890", "1"]],
  ["a question to the terminal, and its title", "\u001b]11;?\u001b\\\u001b[6na\u001b[?25l", ["a"]],
])("a screen shows %s", async (_, text, rows) => {
  expect(await evaluate(`rowsOf(${written(text)}).map(textOf)`)).toEqual(rows);
});

test("parts of an output may end within a control sequence", async () => {
  const text = "\u001b]11;?\u001b\\\u001b[1mone\r\ntwo\u001b[2A\u001b[Kthree\u001b[?25l";
  const inParts = `(() => {
    const screen = new TerminalScreen(20);
    for (const character of ${written(text)}) screen.write(character);
    return screen.rows();
  })()`;
  expect(await evaluate(inParts)).toEqual(await evaluate(`rowsOf(${written(text)})`));
});

test("colours and weights are kept; an unknown control sequence is an error", async () => {
  const text = "\u001b[1m\u001b[32mok\u001b[0m plain \u001b[38;5;13mlight\u001b[39m";
  expect(await evaluate(`rowsOf(${written(text)})`)).toEqual([
    [
      { text: "ok", style: "bold green" },
      { text: " plain ", style: "" },
      { text: "light", style: "magenta" },
    ],
  ]);
  await expect(evaluate(`rowsOf(${written("\u001b[5Z")})`)).rejects.toThrow("ESC[5Z is not known");
});

test("a picture has the text of each screen, a title, a description, and nothing that runs or loads", async () => {
  const svg = await evaluate<string>(
    `drawTerminal([rowsOf("<script>alert(1)</script>", 80), rowsOf("a & b")], options)`,
  );
  expect(svg).toContain('<title id="title">A &lt; B</title>');
  expect(svg).toContain('<desc id="desc">C &amp; D</desc>');
  expect(svg).not.toMatch(/<script|javascript:|href|@import|url\(/);
  expect(await evaluate(`linesOfPicture(${written(svg)})`)).toEqual([
    ["<script>alert(1)</script>  "],
    ["a & b  "],
  ]);
});

test("times, and the dots of a running row, are left open", async () => {
  const row =
    " +   └─ pulumi-nodejs:aom:WorkflowExecution  patch-fleet  creating (12s)..  2/3 Run script, usually 9s";
  expect(await evaluate(`executionRowOf([${written(row)}])`)).toBe(
    "patch-fleet creating 2/3 Run script, usually",
  );
  expect(await evaluate(`untimed("Duration: 1m3s")`)).toBe("Duration:");
});

test("the committed picture is small, and leads nowhere", () => {
  const svg = readFileSync(inRepository("docs/pictures/up.svg"), "utf8");
  expect(svg.length).toBeLessThan(50_000);
  expect(svg).toMatch(/<title id="title">.+<\/title>\n<desc id="desc">.+<\/desc>/);
  expect(svg).not.toMatch(/<script|javascript:|href|@import|url\(|https?:(?!\/\/www\.w3\.org\/2000\/svg")/);
  // Nothing of the machine that made it.
  expect(svg).not.toMatch(/\/home\/|\/root\/|\/tmp\/|\.state/);
});
