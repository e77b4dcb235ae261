/**
 * Outputs as the host's protobuf Struct takes them: plain values, well-formed text, nothing undefined.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { toPlainOutputs } from "../../provider/src/fronts/shared/plainOutputs";

/** Through the host's wire format and back. */
const overTheWire = (bag: Record<string, unknown>): unknown =>
  Struct.deserializeBinary(Struct.fromJavaScript(bag as never).serializeBinary()).toJavaScript();

test("plain values pass, also deep inside", () => {
  const bag = {
    text: "ä",
    number: 1.5,
    yes: true,
    no: false,
    none: null,
    list: [1, ["x", {}]],
    map: { a: { b: [] } },
  };
  expect(toPlainOutputs(bag)).toEqual(bag);
  expect(overTheWire(toPlainOutputs(bag))).toEqual(bag);
});

test.each<[string, unknown, unknown]>([
  ["undefined", undefined, undefined],
  ["a function", () => 1, undefined],
  ["a symbol", Symbol("s"), undefined],
  ["a big integer", 12345678901234567890n, "12345678901234567890"],
  ["a date", new Date("2026-11-21T06:00:00Z"), "2026-11-21T06:00:00.000Z"],
  ["a date that is none", new Date(NaN), undefined],
  ["half of a surrogate pair", "a\ud83d", "a\ufffd"],
  ["a pair of surrogates", "\ud83d\ude00", "😀"],
  [
    "an instance of a class",
    new (class {
      readonly a = 1;
      readonly b = undefined;
    })(),
    { a: 1 },
  ],
])("%s", (_what, value, expected) => {
  const bag = toPlainOutputs({ value, deep: { value } });
  expect(bag).toEqual(expected === undefined ? { deep: {} } : { value: expected, deep: { value: expected } });
  expect(Object.keys(bag)).toEqual(expected === undefined ? ["deep"] : ["value", "deep"]);
  expect(overTheWire(bag)).toEqual(bag);
});

test("what can't be kept in a list keeps its place", () => {
  expect(toPlainOutputs({ list: ["a", undefined, () => 1, "b"] })).toEqual({ list: ["a", null, null, "b"] });
});

test("names are made well-formed too", () => {
  expect(toPlainOutputs({ "a\udc00": 1 })).toEqual({ "a\ufffd": 1 });
});

test("the provider's own properties stay", () => {
  const internal = { __provider: "exports.handler = …", __meta: { urn: "urn:x" } };
  expect(toPlainOutputs(internal)).toEqual(internal);
});
