/**
 * Claims of messages, in one table: each pattern with the condition that must then hold. The oracle checks every text
 * that a user reads.
 */

/** The facts against which a claim is checked. */
export interface Facts {
  /** Number of starts that this call has had handled for its resource. */
  readonly startedInCall: number;
  /** Number of requests to start that this call has sent. */
  readonly sentInCall: number;
  /**
   * True if the execution with an id was running at some time in the last `ms` milliseconds; undefined where there is
   * none.
   */
  readonly ranWithin: (id: string, ms: number) => boolean | undefined;
  /** True if the execution is running now. */
  readonly runsNow: (id: string) => boolean | undefined;
  /** The execution that the call is about, if any. */
  readonly id: string | undefined;
}

/** A claim. */
export interface Claim {
  readonly name: string;
  readonly pattern: RegExp;
  /** True if the claim holds; the match has the text that the pattern captured. */
  readonly holds: (facts: Facts, match: RegExpExecArray) => boolean;
}

// A status is as old as the last status request for it, which in an outage is older than usual.
const staleMs = 150_000;

/** All claims. */
export const claims: readonly Claim[] = [
  {
    name: "nothing was started",
    pattern: /nothing was started(?! (?:twice|again))|before anything was started|no execution was started/i,
    holds: ({ startedInCall }) => startedInCall === 0,
  },
  {
    name: "nothing was sent a second time",
    pattern: /nothing was sent a second time/i,
    holds: ({ sentInCall }) => sentInCall <= 1,
  },
  {
    name: "it is still running",
    pattern: /execution (\S+?),? (?:which |was asked to stop but )?is still running/i,
    holds: ({ ranWithin }, match) => ranWithin(match[1] ?? "", staleMs) !== false,
  },
  {
    name: "it is no longer running",
    pattern: /is no longer running/i,
    holds: ({ runsNow, id }: Facts, match: RegExpExecArray): boolean => {
      const named = /execution (\S+) (?:failed|timed out|was stopped)/.exec(match.input)?.[1] ?? id;
      return named === undefined || runsNow(named) !== true;
    },
  },
  {
    name: "it was stopped",
    pattern: /execution (\S+) did not finish within .* and was stopped/i,
    holds: ({ runsNow }, match) => runsNow(match[1] ?? "") !== true,
  },
];

/** The claims of a text that do not hold. */
export function falseClaims(text: string, facts: Facts): string[] {
  return claims.flatMap((claim) => {
    const match = claim.pattern.exec(text);
    return match && !claim.holds(facts, match) ? [claim.name] : [];
  });
}
