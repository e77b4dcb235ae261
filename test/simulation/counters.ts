/**
 * The facts that a campaign has to see: they prove that the dangerous places were reached. Each is above zero in a
 * campaign of 50,000 runs, or the campaign proves nothing.
 */

/** Facts that happen sometimes. */
export const sometimes = [
  "a start was handled and its answer lost",
  "a start was lost before it was handled",
  "a process was killed while a start was on its way",
  "a process was killed between the answer to a start and the state",
  "an answer was lost, the process killed, and another machine went on",
  "an execution whose start was cut short was found again",
  "an execution that had ended meanwhile was found again",
  "a replacement was cut short and resumed",
  "a resource was deleted before its replacement and the replacement cut short",
  "inputs went from A to B and back to A",
  "somebody else's execution was running beside an uncertain start",
  "a question was asked instead of starting",
  "a question was answered by adopting",
  "a question was answered by allowing",
  "three starts waited in one queue",
  "a clock stepped back while a deployment was under way",
  "a machine's clock was so wrong that it was refused",
  "a damaged record was told of",
  "the journal could not be written",
  "a lost journal had held a start",
  "two stacks deployed one workflow at once",
  "a list was cut",
  "Ctrl-C ended a wait",
  "a second Ctrl-C came before the state was written",
  "an orphan went on after its engine",
  "the provider's process alone was killed",
  "a teardown runbook was cut short and went on",
  "an execution was stopped by somebody else",
  "a record was gone",
  "an execution was awaited past its deadline and resumed",
  "a run failed and was run again",
  "a service gave an id that is none",
  "a service gave one page over and over",
  "a service asked to be left alone for a day",
  "an execution was looked at for an import",
] as const;

/** One of them. */
export type Sometimes = (typeof sometimes)[number];

/** Exceptions that docs/reference/exceptions.md makes; each time one is taken it is counted. */
export const exceptions = [
  "Express on another machine, or without its journal",
  "no key, another machine or no journal, and the first one had ended",
  "the program said allow beside executions without a mark",
  "a start that was handled later than anybody looks",
  "the first one's record was gone",
  "a forced replacement took over what still ran",
  "an execution of a chosen name was joined",
  "a forced replacement took over what a deployment that was cut short had started",
  "a forced replacement without the journal",
  "a forced replacement that was cut short, and another machine",
  "a forced replacement that was cut short, on a machine that had never deployed the resource",
  "two copies of a teardown runbook, armed on another machine or without the journal",
  "a machine knows only the old copy of a teardown runbook, and ran that one",
  "a destroy that this machine was not told of",
  "another machine changed the resource, and this one remembers a start",
  "a destroy was cut short after it had dealt with the first one",
  "a copy of a teardown runbook had other arguments",
  "what was changed meanwhile was not started from this machine",
  "the service had not shown a name yet",
  "executions without a mark are all alike to a start without an answer",
  "its execution was taken by a start without an answer",
  "a list left something out",
  "without the journal, and the service's clocks differ by more than ten seconds",
  "a service that answers a start with somebody else's id",
  "one key is one execution",
  "a resource that takes over whatever runs has taken it",
  "left behind by a deployment that was cut short elsewhere",
] as const;

/** One of them. */
export type Exception = (typeof exceptions)[number];

/** Counts by name. */
export class Counters {
  readonly counts: Record<string, number> = {};

  sometimes(fact: Sometimes): void {
    this.add(`sometimes: ${fact}`);
  }

  exception(exception: Exception): void {
    this.add(`exception: ${exception}`);
  }

  add(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }
}
