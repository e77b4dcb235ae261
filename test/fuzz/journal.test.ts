/**
 * The parser of journal files: never throws, invents nothing, and gives back what was written.
 */
import fc from "fast-check";
import type { JournalEntry } from "../../provider/src/starting/journalEntry";
import { parseEntry } from "../../provider/src/starting/journalEntry";

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const pending = fc.record({
  key: fc.string(),
  runName: fc.string(),
  postedMs: fc.integer(),
  since: optional(fc.record({ fromMs: fc.integer(), ids: fc.array(fc.string()), servedAtMs: fc.nat() })),
  supersedesId: optional(fc.string()),
  executionId: optional(fc.string()),
});
const entry = fc.record(
  { urn: fc.string(), workflow: fc.string(), past: fc.array(fc.string()), pending },
  { requiredKeys: ["urn", "workflow", "past"] },
);

/** True if the entry has the form that the rest of the provider relies on. */
function isSound(parsed: JournalEntry | undefined): boolean {
  if (parsed === undefined) return true;
  const { urn, workflow, past, pending: start } = parsed;
  const isText = (value: unknown): boolean => typeof value === "string";
  const isTextOrAbsent = (value: unknown): boolean => value === undefined || isText(value);
  return (
    isText(urn) &&
    isText(workflow) &&
    Array.isArray(past) &&
    past.every(isText) &&
    (start === undefined ||
      (isText(start.key) &&
        isText(start.runName) &&
        Number.isFinite(start.postedMs) &&
        isTextOrAbsent(start.supersedesId) &&
        isTextOrAbsent(start.executionId) &&
        (start.since === undefined ||
          (Number.isFinite(start.since.fromMs) && start.since.ids.every(isText)))))
  );
}

test("gives back what was written", () => {
  fc.assert(
    fc.property(entry, (written) => {
      expect(parseEntry(JSON.stringify(written))).toEqual(JSON.parse(JSON.stringify(written)));
    }),
    { numRuns: 500 },
  );
});

test("any text: an entry that can be relied on, or none", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), (text) =>
      isSound(parseEntry(text)),
    ),
    { numRuns: 1_000 },
  );
});

test("an entry with anything in its fields: one that can be relied on, or none", () => {
  const anything = fc.jsonValue();
  const broken = fc.record(
    {
      urn: fc.oneof(fc.string(), anything),
      workflow: fc.oneof(fc.string(), anything),
      past: fc.oneof(fc.array(fc.oneof(fc.string(), anything)), anything),
      pending: fc.oneof(
        anything,
        fc.record(
          {
            key: fc.oneof(fc.string(), anything),
            runName: fc.oneof(fc.string(), anything),
            postedMs: fc.oneof(fc.integer(), anything),
            since: fc.oneof(
              fc.record({ newestMs: anything, ids: fc.oneof(anything, fc.array(anything)) }),
              anything,
            ),
            supersedesId: anything,
            executionId: anything,
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(broken, (value) => isSound(parseEntry(JSON.stringify(value)))),
    { numRuns: 2_000 },
  );
});

test("numbers beyond all bounds are none", () => {
  const text = `{"urn":"u","workflow":"w","pending":{"key":"k","runName":"k","postedMs":1e999,"since":{"newestMs":1e999,"ids":[]}}}`;
  expect(isSound(parseEntry(text))).toBe(true);
});

test("a file that was cut short anywhere is no entry", () => {
  fc.assert(
    fc.property(entry, fc.nat(), (written, at) => {
      const text = JSON.stringify(written);
      expect(parseEntry(text.slice(0, at % text.length))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
