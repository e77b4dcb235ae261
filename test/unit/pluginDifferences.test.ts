/**
 * Paths of differences: the engine parses each of them, and one that it can't parse ends the deployment. The parser here is
 * the engine's (`sdk/go/common/resource/properties_path.go`).
 */
import * as fc from "fast-check";
import { memberKey, toDiffResponse } from "../../provider/src/fronts/plugin/differences";
import type { Change } from "../../provider/src/lifecycle";

/** Parses a path as the engine does; throws where the engine reports an error or panics. */
function parsePath(text: string): (string | number)[] {
  const elements: (string | number)[] = [];
  if (text === "") throw new Error("the engine panics");
  let path = text.startsWith("[") ? text : `.${text}`;
  while (path.length > 0) {
    if (path.startsWith(".")) {
      path = path.slice(1);
      if (path === "") throw new Error("expected property path element after '.'");
      if (path.startsWith("[")) throw new Error("expected property name after '.'");
      const end = path.search(/[.[]/);
      elements.push(end === -1 ? path : path.slice(0, end));
      path = end === -1 ? "" : path.slice(end);
      continue;
    }
    if (path[1] === '"') {
      let key = "";
      let i = 2;
      for (;;) {
        if (i >= path.length) throw new Error("missing closing quote in property name");
        if (path[i] === '"') {
          i += 1;
          break;
        }
        if (path[i] === "\\" && path[i + 1] === '"') {
          key += '"';
          i += 2;
        } else {
          key += path[i]!;
          i += 1;
        }
      }
      if (path[i] !== "]") throw new Error("missing closing bracket in property access");
      elements.push(key);
      path = path.slice(i + 1);
      continue;
    }
    const bracket = path.indexOf("]");
    if (bracket === -1) throw new Error("missing closing bracket in array index");
    const segment = path.slice(1, bracket);
    if (!/^\d+$/.test(segment)) throw new Error("invalid array index");
    elements.push(Number(segment));
    path = path.slice(bracket + 1);
  }
  return elements;
}

test("the parser here refuses what the engine refuses", () => {
  for (const wrong of ["", "triggers.a[b", "triggers.a.", 'triggers["x\\"]', "triggers[x]"]) {
    expect(() => parsePath(wrong)).toThrow();
  }
  expect(parsePath('triggers["a.b"].c[0]')).toEqual(["triggers", "a.b", "c", 0]);
});

test.each([
  ["image", "triggers.image"],
  ["a.b", 'triggers["a.b"]'],
  ["a[b", 'triggers["a[b"]'],
  ['a"b', 'triggers["a\\"b"]'],
  ['a\\"b', 'triggers["a\\\\"b"]'],
  ["0", 'triggers["0"]'],
  ["*", 'triggers["*"]'],
  ["", "triggers"],
  ["x\\", "triggers"],
  ["x".repeat(201), "triggers"],
])("the key %j is at %j", (key, path) => {
  expect(memberKey("triggers", key)).toBe(path);
});

test("whatever the key, the path parses, and leads to the value or to its parent", () => {
  const letters = fc.constantFrom('"', "\\", "[", "]", ".", " ", "*", "a", "é", "😀", "\n", "0", "$", "-");
  const keys = fc.oneof(
    fc.array(letters, { maxLength: 6 }).map((all) => all.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(keys, (key) => {
      const path = parsePath(memberKey("triggers", key.toWellFormed()));
      expect(path[0]).toBe("triggers");
      if (path.length > 1) expect(path).toEqual(["triggers", key.toWellFormed()]);
    }),
    { numRuns: 2_000 },
  );
});

test("two members without a path of their own are one change of their parent", () => {
  const change = (member: string, kind: Change["kind"]): Change => ({
    property: "triggers",
    path: "triggers",
    member,
    kind,
    isInput: true,
    reason: "",
  });
  const changes = [change("", "add"), change("x\\", "delete"), change("y", "delete")];
  const diff = { changes, action: "rerun", deleteFirst: true } as const;
  const response = toDiffResponse(diff);
  const detailed: [string, number][] = [];
  response.getDetaileddiffMap().forEach((difference, path) => detailed.push([path, difference.getKind()]));
  expect(detailed).toEqual([
    ["triggers", 5],
    ["triggers.y", 3],
  ]);
  expect(response.getReplacesList()).toEqual(["triggers"]);
  expect(response.getDeletebeforereplace()).toBe(true);
});
