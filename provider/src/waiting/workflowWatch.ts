/**
 * The planner: watches all executions of one workflow that a process waits for, and decides when to look and how: a
 * look that the service holds back until the end, a look at one, or one list for many. `waitUntilSettled` joins it;
 * it knows no service, and asks through functions that it is handed.
 */
import { AuthenticationError, NotFoundError, ServiceError, messageOf } from "../ground/errors";
import { backoffDelayMs } from "../ground/backoff";
import type { Clock } from "../ground/clock";
import { steadyClock } from "../ground/clock";
import type { PastDurations } from "./schedule";
import { expectedMs, nextLookDelayMs, tenSecondsMs } from "./schedule";
import type { ExecutionSnapshot, ExecutionSummary } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { chooseWindow } from "./listWindow";
import type { Place } from "./place";
import { PageWalk } from "../execution/pageWalk";
import { mayHold, newPlace, nextPeekMs } from "./place";
import type { WatchMember, WatchPlace, WatchedWindow, WatchedWorkflow } from "./watchedWorkflow";

// Where lists fail, looks at each take over; lists are tried again after a while, unless they are not allowed. Soon at
// first: looks at a thousand take longer than most outages.
const listPause = { firstMs: 2_000, factor: 5, maxMs: 60_000 };
// Whoever a list keeps waiting for longer is looked at alone, if that look need not queue too; after the deadline, anyway.
const listPatienceMs = 10_000;
const deadlinePatienceMs = 1_000;
// A last look at the deadline is not worth more than the time that a request may take.
const lastLookWithinMs = 30_000;
// A list without a page size of course grows with the history: as many rows as this weigh as much as a request.
const rowsPerRequest = 500;
// The past is asked for at once where the schedule needs it, and else when the person has waited a little.
const pastAfterMs = 3_000;
// Not everything is in a list at once, nor for ever: what so many have not had is looked at alone.
const missedOften = 2;
// How far a start may lie from what our clock and its difference to the service's make of it.
const reckonedWithinMs = 500;
// How late the answer to a start may be noticed.
const noticedWithinMs = 30_000;
// A look that is timed for an expected end is not to be late by chance.
const longestJitterMs = 200;
const maxPast = 50;

/** The watch over one workflow's executions; one per workflow and session. */
export class WorkflowWatch {
  /** Never goes back; all times that the watch is told and tells are by it. */
  readonly clock: Clock;
  readonly #workflow: WatchedWorkflow;
  readonly #places = new Set<Place>();
  /** Starts of all executions that were seen, by the service's clock. */
  readonly #starts = new Map<string, number>();
  #past: PastDurations = [];
  #pastAsked = false;
  /** How far the service's clock is ahead of ours, as far as what began just now tells; undefined where nothing does. */
  #aheadMs: number | undefined;
  #listing = false;
  #listsFromMs = -Infinity;
  /** In a row. */
  #listFailures = 0;
  #lastRows = 0;
  /** Requests saved against one look per execution every ten seconds. */
  #saved = 0;
  #savedAtMs: number;
  #running = false;
  #wakeUp = new AbortController();
  #ended = new AbortController();

  constructor(workflow: WatchedWorkflow) {
    this.clock = steadyClock(workflow.clock);
    this.#workflow = workflow;
    this.#savedAtMs = this.clock.now();
  }

  /** Begins to watch an execution. */
  join(member: WatchMember): WatchPlace {
    const now = this.clock.now();
    this.#accrue();
    // What asking every ten seconds spends on the last look, but for those that share theirs.
    this.#saved += this.#places.size === 0 ? 0.9 : 0.2;
    const place = newPlace(member, now);
    if (member.justStarted) this.#plan(place);
    this.#places.add(place);
    return {
      next: () => this.#next(place),
      expectedMs: () => expectedMs(this.#past),
      elapsedMs: () => this.clock.now() - place.beganMs,
      mayLookAtLast: () => this.#mayLookAtLast(),
      leave: () => {
        this.#accrue();
        this.#places.delete(place);
        if (this.#places.size > 0) return;
        this.#ended.abort();
        this.#ended = new AbortController();
        this.#wake();
      },
    };
  }

  #next(place: Place): Promise<ExecutionSnapshot> {
    const { member, last } = place;
    // The look that was planned for the deadline is the last one.
    if (last && this.clock.now() >= member.deadlineMs && place.lastLookMs >= member.deadlineMs)
      return Promise.resolve(last);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        place.waiter = undefined;
        place.signal.removeEventListener("abort", giveUp);
      };
      const giveUp = (): void => {
        finish();
        reject(new Error("the wait was interrupted"));
      };
      place.waiter = {
        resolve: (snapshot) => {
          finish();
          resolve(snapshot);
        },
        reject: (error) => {
          finish();
          reject(error instanceof Error ? error : new Error(messageOf(error)));
        },
      };
      if (place.signal.aborted) {
        giveUp();
        return;
      }
      place.signal.addEventListener("abort", giveUp, { once: true });
      this.#wake();
    });
  }

  #wake(): void {
    this.#wakeUp.abort();
    if (!this.#running) void this.#run();
  }

  // One sleeper for all: wakes when somebody is due, and whenever something has happened.
  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#places.size > 0) {
        this.#wakeUp = new AbortController();
        const { signal } = this.#wakeUp;
        const nextMs = this.#dispatch();
        if (nextMs === Infinity) await aborted(signal);
        else await this.clock.sleep(Math.max(1, nextMs - this.clock.now()), signal);
        // What happens at the same time is dealt with together.
        await Promise.resolve();
      }
    } finally {
      // Together with the decision to end: whoever joins just after it begins anew.
      this.#running = false;
    }
  }

  /** Begins all looks that are due. Gives the time of the next. */
  #dispatch(): number {
    const { longPollSeconds, lookBudget, fixedIntervalMs } = this.#workflow;
    const now = this.clock.now();
    this.#accrue();
    this.#askForThePast();
    this.#letGoWithoutLastLook(now);
    let idle = [...this.#places].filter((place) => place.waiter && !place.looking);
    if (fixedIntervalMs === undefined && longPollSeconds > 0) {
      // In the order of their starts: what is then left for lists lies close together.
      // What no list shows has no other way.
      const missed = idle.filter((place) => place.missed >= missedOften);
      for (const place of [...missed, ...idle.filter((other) => other.missed < missedOften)]) {
        if (lookBudget.delayMs() > 0) break;
        if (mayHold(place, now)) void this.#holdOn(place);
      }
      idle = idle.filter((place) => !place.looking);
    }
    const due = idle.filter((place) => place.dueMs <= now);
    if (due.length > 0) this.#lookAt(due, idle, now);
    return this.#nextMs(now);
  }

  #mayLookAtLast(): boolean {
    return this.#workflow.lookBudget.delayMs() <= lastLookWithinMs;
  }

  // Whose deadline has come while a look would have to wait too long has seen what there is to see.
  #letGoWithoutLastLook(now: number): void {
    for (const { member, looking, last, waiter } of this.#places) {
      if (now >= member.deadlineMs && !looking && last && !this.#mayLookAtLast()) waiter?.resolve(last);
    }
  }

  #lookAt(due: readonly Place[], idle: readonly Place[], now: number): void {
    const { longPollSeconds, lookBudget, listBudget, fixedIntervalMs } = this.#workflow;
    // Where looks are scarce they are taken as they come; who queued for one now could not be served by a list.
    const mayQueue = longPollSeconds === 0 || fixedIntervalMs !== undefined;
    for (const place of due) {
      const isAlone = place.missed >= missedOften || fixedIntervalMs !== undefined;
      if (isAlone && (mayQueue || !mayHold(place, now))) void this.#look(place, 0);
    }
    const others = due.filter((place) => !place.looking && place.missed < missedOften);
    if (others.length === 0) return;
    const isScarce = longPollSeconds > 0 && lookBudget.delayMs() > 0;
    const listsInMs = Math.max(this.#listsFromMs - now, listBudget.delayMs());
    // Who is due soon is served along.
    const batch = idle.filter(
      (place) => !place.looking && place.dueMs - now <= (now - place.lastLookMs) * 0.5,
    );
    const isForLists =
      fixedIntervalMs === undefined &&
      listsInMs <= listPatienceMs &&
      (isScarce || this.#isCheaper(batch.length));
    const isPaused = now < this.#listsFromMs;
    if (isForLists && !isPaused && !this.#listing && (!isScarce || listsInMs <= 0)) void this.#list(batch);
    // Where looks are few, whoever is overdue the longest comes first.
    for (const place of others.sort((a, b) => a.dueMs - b.dueMs)) {
      const isLate = isPaused || now - place.dueMs > listPatienceMs;
      const isPastDeadline = now - place.member.deadlineMs >= deadlinePatienceMs;
      if (!isForLists || isPastDeadline || (isLate && lookBudget.delayMs() === 0)) void this.#look(place, 0);
    }
  }

  #isCheaper(looks: number): boolean {
    const { pageSize } = this.#workflow;
    if (pageSize === undefined) return looks > 1 + this.#lastRows / rowsPerRequest;
    return looks >= 2;
  }

  #nextMs(now: number): number {
    const { longPollSeconds, lookBudget, listBudget, fixedIntervalMs } = this.#workflow;
    const lookMs = now + lookBudget.delayMs();
    const holdMs = longPollSeconds > 0 && fixedIntervalMs === undefined ? lookMs : Infinity;
    // Overdue ones wait for the list under way, for its turn, or until lists are tried again; and may get impatient.
    const impatientMs = now + 1_000;
    const listMs = now < this.#listsFromMs ? Math.min(this.#listsFromMs, lookMs) : now + listBudget.delayMs();
    const overdueMs = this.#listing ? impatientMs : Math.min(impatientMs, listMs);
    let nextMs = Infinity;
    for (const place of this.#places) {
      if (place.looking && place.member.peek) {
        if (place.peekMs <= now) void this.#peek(place);
        nextMs = Math.min(nextMs, place.peekMs);
      }
      if (!place.waiter || place.looking) continue;
      nextMs = Math.min(
        nextMs,
        place.dueMs > now ? place.dueMs : place.missed < missedOften ? overdueMs : Infinity,
        mayHold(place, now) ? holdMs : Infinity,
      );
    }
    return nextMs;
  }

  /** A look that the service holds back until the end. */
  async #holdOn(place: Place): Promise<void> {
    const beganMs = this.clock.now();
    const leftSeconds = Math.floor((place.member.deadlineMs - beganMs) / 1000);
    const waitSeconds = Math.min(this.#workflow.longPollSeconds, leftSeconds);
    const hasAnswered = await this.#look(place, waitSeconds);
    // What failed tells nothing of how long answers are held back.
    if (!hasAnswered || waitSeconds < 2) return;
    const isEarly = this.clock.now() - beganMs < (waitSeconds * 1000) / 4;
    place.earlyAnswers = isEarly ? place.earlyAnswers + 1 : 0;
  }

  /** Gives whether the service has answered. */
  async #look(place: Place, waitSeconds: number, listed?: ExecutionSnapshot): Promise<boolean> {
    const { member } = place;
    place.looking = true;
    if (!listed) this.#saved -= 1;
    try {
      const snapshot = await member.look({ signal: place.signal, waitSeconds, listed });
      place.missed = 0;
      this.#seen(place, snapshot);
      return true;
    } catch (error) {
      place.looking = false;
      place.dueMs = this.clock.now();
      place.waiter?.reject(error);
      return false;
    }
  }

  #seen(place: Place, seen: ExecutionSnapshot): void {
    // What this look did not tell of the steps, an earlier one may have.
    const steps = seen.steps.length > 0 || isSettled(seen.status) ? seen.steps : (place.last?.steps ?? []);
    const snapshot = { ...seen, steps };
    place.looking = false;
    place.looks += 1;
    place.lastLookMs = this.clock.now();
    place.last = snapshot;
    const startedAtMs = Date.parse(snapshot.startedAt ?? "");
    if (!Number.isNaN(startedAtMs)) {
      this.#starts.set(snapshot.executionId, startedAtMs);
      // How long something has run that we did not start: as its start and the machine's clock say, if they go together.
      const ranMs = this.#workflow.clock.now() - startedAtMs;
      const { justStarted, isStopping } = place.member;
      if (place.startedAtMs === undefined && !justStarted && isStopping !== true && ranMs > 0)
        place.beganMs = place.lastLookMs - ranMs;
      place.startedAtMs = startedAtMs;
      if (justStarted) this.#correctBegin(place, startedAtMs);
    }
    this.#plan(place);
    if (place.waiter) place.waiter.resolve(snapshot);
    this.#wake();
  }

  // Where a thousand start at once, answers are noticed late. Those that were noticed soonest tell how far the service's
  // clock is ahead, and with it when the others began.
  #correctBegin(place: Place, startedAtMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs ?? -Infinity, startedAtMs - place.beganMs);
    // Some services tell whole seconds.
    const roundedMs = startedAtMs % 1_000 === 0 ? 1_000 : 0;
    const beganMs = startedAtMs - this.#aheadMs + roundedMs;
    // More is no late answer, but a clock that was set.
    if (beganMs < place.beganMs && place.beganMs - beganMs < noticedWithinMs) place.beganMs = beganMs;
  }

  /** One list for many. */
  async #list(batch: readonly Place[]): Promise<void> {
    const { pageSize } = this.#workflow;
    const { signal } = this.#ended;
    const looksBefore = new Map(batch.map((place) => [place, place.looks]));
    const isUnseen = (place: Place): boolean => !place.looking && place.looks === looksBefore.get(place);
    this.#listing = true;
    try {
      const miss = (places: readonly Place[]): void => {
        for (const place of places.filter(isUnseen)) place.missed += 1;
      };
      const offsetMs = this.#aheadMs;
      if (pageSize === undefined) {
        await this.#listPage({}, batch, signal);
        miss(batch);
      } else if (offsetMs === undefined) {
        // No start is known by the service's clock: from the newest on, until all were found.
        const walk = new PageWalk({ maxPages: Math.ceil(this.#places.size / pageSize) + 1 });
        let nextToken: string | undefined;
        do {
          const { token } = walk;
          nextToken = await this.#listPage(token === undefined ? {} : { token }, batch, signal);
        } while (walk.goOn(nextToken) && batch.some(isUnseen));
        miss(batch);
      } else {
        const startOf = (place: Place): number => place.startedAtMs ?? place.beganMs + offsetMs;
        const now = this.clock.now();
        // Whether the service's ends belong to its window is not said; and a start that is only reckoned is a little off.
        const slackMs = batch.some((place) => place.startedAtMs === undefined) ? reckonedWithinMs : 1;
        const waiting = batch.map((place) => ({
          startedMs: startOf(place),
          overdueMs: Math.max(0, now - place.dueMs),
        }));
        const window = chooseWindow(waiting, this.#starts.values(), { pageSize, slackMs });
        const inside = batch.filter(
          (place) => startOf(place) >= window.startedAfterMs && startOf(place) <= window.startedBeforeMs,
        );
        // Where there was more in it than was known, the rest is on the next page.
        const walk = new PageWalk({ maxPages: 3 });
        let nextToken: string | undefined;
        do {
          const { token } = walk;
          nextToken = await this.#listPage(
            token === undefined ? window : { ...window, token },
            batch,
            signal,
          );
        } while (walk.goOn(nextToken) && inside.some(isUnseen));
        miss(inside);
      }
      this.#listFailures = 0;
    } catch (error) {
      // Ended because everybody has left: that says nothing of lists.
      if (!signal.aborted) this.#pauseLists(error);
    } finally {
      this.#listing = false;
      this.#wake();
    }
  }

  #pauseLists(error: unknown): void {
    const isForbidden = error instanceof AuthenticationError || error instanceof NotFoundError;
    const pauseMs = isForbidden
      ? Infinity
      : backoffDelayMs(listPause, this.#listFailures, this.#workflow.random);
    const askedMs = error instanceof ServiceError ? (error.retryAfterMs ?? 0) : 0;
    this.#listFailures += 1;
    this.#listsFromMs = this.clock.now() + Math.max(pauseMs, askedMs);
  }

  async #listPage(
    window: WatchedWindow,
    batch: readonly Place[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    this.#saved -= 1;
    const page = await this.#workflow.list(window, signal);
    this.#lastRows = page.executions.length;
    const rows = new Map(page.executions.map((row) => [row.executionId, row]));
    for (const row of page.executions) {
      const at = Date.parse(row.startedAt ?? "");
      if (!Number.isNaN(at)) this.#starts.set(row.executionId, at);
    }
    const inBatch = new Set(batch);
    for (const place of this.#places) {
      const row = rows.get(place.member.executionId);
      if (!row || place.looking || (!place.waiter && !inBatch.has(place))) continue;
      place.missed = 0;
      const listed = page.snapshotOf?.(row.executionId);
      if (listed && isSettled(row.status)) place.member.onEnd?.(listed);
      // What has ended is looked at once more for what the list does not tell; what runs, now and then for its steps.
      if (isSettled(row.status) || (!listed && this.#isStepLookDue(place))) void this.#look(place, 0, listed);
      else this.#seen(place, listed ?? { ...(place.last ?? { steps: [] }), ...withoutDuration(row) });
    }
    return page.nextToken;
  }

  /** True where the person who watches has had no steps for a while, and there are looks to spare. */
  #isStepLookDue(place: Place): boolean {
    const { lookBudget } = this.#workflow;
    const now = this.clock.now();
    if (now < place.peekMs || this.#saved < 3 * this.#places.size || lookBudget.level() < 0.5) return false;
    place.peekMs = nextPeekMs(place, now);
    return true;
  }

  async #peek(place: Place): Promise<void> {
    const { member } = place;
    place.peekMs = nextPeekMs(place, this.clock.now());
    try {
      const snapshot = await member.peek?.(place.signal);
      if (!snapshot || !this.#places.has(place)) return;
      place.last = { ...(place.last ?? snapshot), steps: snapshot.steps };
      member.onPeek?.(place.last);
    } catch {
      // Only for the person who watches; the look under way tells what is wrong.
    }
  }

  #askForThePast(): void {
    const { longPollSeconds, fixedIntervalMs, withoutPast } = this.#workflow;
    if (this.#pastAsked || withoutPast === true || fixedIntervalMs !== undefined) return;
    const now = this.clock.now();
    // How long it usually takes says nothing of a stop.
    const waits = [...this.#places].some(
      ({ member, beganMs }) =>
        member.isStopping !== true && (longPollSeconds === 0 || now - beganMs >= pastAfterMs),
    );
    if (!waits) return;
    this.#pastAsked = true;
    this.#saved -= 1;
    const { signal } = this.#ended;
    void this.#workflow.pastDurations(signal).then(
      (durations) => {
        this.#past = durations
          .slice(0, maxPast)
          .filter((ms) => ms > 0)
          .sort((a, b) => a - b);
        // All plans were made without it.
        this.#accrue();
        for (const place of this.#places) {
          if (place.member.justStarted && !place.looking) this.#plan(place);
          place.member.onPast?.();
        }
        this.#wake();
      },
      () => {
        // Asked once, but for those who left before the answer came.
        this.#pastAsked = !signal.aborted;
        this.#wake();
      },
    );
  }

  /** When to look at it next. */
  #plan(place: Place): void {
    const { random, fixedIntervalMs, longPollSeconds, pageSize, listTellsOutcome } = this.#workflow;
    const now = this.clock.now();
    const { member } = place;
    let delayMs: number;
    if (fixedIntervalMs === undefined) {
      const places = Math.max(1, this.#places.size);
      const lists =
        now >= this.#listsFromMs && (pageSize === undefined || places >= 2 || longPollSeconds > 0);
      const pages =
        pageSize === undefined ? 1 + this.#lastRows / rowsPerRequest : Math.ceil(places / pageSize);
      delayMs = nextLookDelayMs({
        elapsedMs: now - place.beganMs,
        past: member.isStopping === true ? [] : this.#past,
        looks: place.looks,
        saved: this.#saved / places,
        cost: lists ? Math.min(1, pages / places) : 1,
        together: lists ? places : 1,
        isScarce: longPollSeconds > 0,
        endCost: lists && !listTellsOutcome ? 1 : 0,
      });
      // Executions that began together must not be asked for in step.
      delayMs += Math.min(0.05 * delayMs, longestJitterMs) * random();
    } else {
      delayMs = fixedIntervalMs;
    }
    place.dueMs = Math.min(now + delayMs, Math.max(now, member.deadlineMs));
  }

  #accrue(): void {
    const now = this.clock.now();
    const passedMs = Math.max(0, now - this.#savedAtMs);
    this.#savedAtMs = now;
    const places = this.#places.size;
    // What was saved for executions that have ended is not spent on others.
    this.#saved = Math.min(this.#saved + (passedMs / tenSecondsMs) * places, 100 * Math.max(1, places));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        "abort",
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

function withoutDuration({
  durationMs: _durationMs,
  createdBy: _createdBy,
  ...row
}: ExecutionSummary): Omit<ExecutionSummary, "durationMs" | "createdBy"> {
  return row;
}
