/**
 * docs/reference/exceptions.md: every exception that the simulation grants the provider is one that the page admits.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Exception } from "../simulation/counters";
import { exceptions } from "../simulation/counters";

const page = readFileSync(resolve(__dirname, "../../docs/reference/exceptions.md"), "utf8").replace(
  /\s+/g,
  " ",
);

/** The sentence of the page that admits it. */
const admitted: Readonly<Record<Exception, string>> = {
  "Express on another machine, or without its journal":
    "On another machine, or without the journal, the flow may run a second time.",
  "no key, another machine or no journal, and the first one had ended":
    "an execution that has finished is not recognized: the workflow runs again. The same holds without the journal.",
  "the program said allow beside executions without a mark":
    '`concurrency: "allow"` starts the workflow no matter what else is running.',
  "a start that was handled later than anybody looks":
    "If the service handles the request later than that, one execution too many starts.",
  "the first one's record was gone": "An execution whose record is gone cannot be found again.",
  "a forced replacement took over what still ran": "CloudFlow, FunctionGraph and COC then take it over",
  "an execution of a chosen name was joined":
    "If an execution of that name is running, the provider takes it over, whatever its arguments were",
  "a forced replacement took over what a deployment that was cut short had started":
    "After an interrupted deployment, `--replace` first takes over the execution",
  "a forced replacement without the journal": "Only the journal of the machine that deployed last knows.",
  "a forced replacement that was cut short, and another machine":
    "the next `pulumi up` may run the workflow once more. This happens on another machine",
  "a forced replacement that was cut short, on a machine that had never deployed the resource":
    "or on a machine that has never deployed the resource.",
  "two copies of a teardown runbook, armed on another machine or without the journal":
    "There are two exceptions: another machine, and copies that Pulumi deletes more than ten seconds apart",
  "a machine knows only the old copy of a teardown runbook, and ran that one":
    "may run the runbook only as the old copy says.",
  "a destroy that this machine was not told of": "**Another machine destroyed or changed the resource.**",
  "another machine changed the resource, and this one remembers a start":
    "This machine may remember a start whose deployment was interrupted. If so, the next `pulumi up` here takes that execution over",
  "a destroy was cut short after it had dealt with the first one":
    "If a destroy was killed, the next `pulumi up` may run again what the destroy had begun to delete",
  "a copy of a teardown runbook had other arguments":
    "If the arguments differ, the runbook may run for each copy.",
  "what was changed meanwhile was not started from this machine":
    "takes over an execution that was started with the same arguments for the same replacement.",
  "the service had not shown a name yet": "**FunctionGraph or COC has not yet shown a name.**",
  "executions without a mark are all alike to a start without an answer":
    "the provider mistakes that execution for its own.",
  "its execution was taken by a start without an answer":
    "Nothing shows which execution belongs to which start.",
  "a list left something out": "**A list leaves an execution out.**",
  "without the journal, and the service's clocks differ by more than ten seconds":
    "on a machine without the journal, the clocks of one service may differ by this much",
  "a service that answers a start with somebody else's id": "**An answer contains another execution's id.**",
  "one key is one execution": "**One key is one execution.**",
  "a resource that takes over whatever runs has taken it":
    '**`concurrency: "adopt"`** takes over whatever is running',
  "left behind by a deployment that was cut short elsewhere":
    "The same applies to a replacement that was interrupted after the resource was deleted.",
};

test("every exception has its sentence", () => {
  expect(Object.keys(admitted).sort()).toEqual([...exceptions].sort());
  expect(Object.entries(admitted).filter(([, sentence]) => !page.includes(sentence))).toEqual([]);
});
