/**
 * Moves the clock of a whole test run by `TEST_YEARS_AHEAD` years. Jest loads this file into the sandbox of each test
 * file, and `--require` loads it into every Node process of the run, so that both sides of a socket agree on the time.
 */
"use strict";

const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const averageYearMs = 365.2425 * 24 * 3600 * 1000;

/** Marks a realm, or the `fs` module of a process, whose time has been moved. */
const moved = Symbol.for("pulumi-runbook.movedClock");

const years = Number(process.env.TEST_YEARS_AHEAD ?? "0");
if (!Number.isFinite(years))
  throw new Error("TEST_YEARS_AHEAD must be a number of years, such as 10 or -10.");
const offsetMs = Math.round(years * averageYearMs);

if (offsetMs !== 0) {
  once(globalThis, moveDate);
  once(fs, moveFileTimes);
}

/**
 * @template {object} T
 * @param {T} target
 * @param {(target: T) => void} change
 */
function once(target, change) {
  if (Object.hasOwn(target, moved)) return;
  Object.defineProperty(target, moved, { value: true });
  change(target);
}

/**
 * Timers and `performance.now()` count from a start that nobody sees, so they stay. Node's own code keeps the unmoved
 * `Date`: an HTTP answer's `Date` header is the machine's.
 * @param {typeof globalThis} realm
 */
function moveDate(realm) {
  const { Date: OwnDate } = realm;
  const ownNow = OwnDate.now;
  const now = () => ownNow() + offsetMs;
  const MovedDate = new Proxy(OwnDate, {
    apply: () => new OwnDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  });
  OwnDate.now = now;
  OwnDate.prototype.constructor = MovedDate;
  realm.Date = MovedDate;
}

/**
 * A file's times come from the kernel, which has the machine's clock: their readers compare them with `Date.now()`.
 * @param {typeof fs} module
 */
function moveFileTimes(module) {
  for (const api of [module, module.promises]) {
    for (const name of ["stat", "lstat", "fstat"]) {
      replace(api, name, (own) => (...args) => {
        const callBack = args.at(-1);
        if (typeof callBack !== "function") return own(...args).then(moveStats);
        return own(...args.slice(0, -1), (error, stats) => callBack(error, moveStats(stats)));
      });
      replace(
        api,
        `${name}Sync`,
        (own) =>
          (...args) =>
            moveStats(own(...args)),
      );
    }
    for (const name of ["utimes", "lutimes", "futimes", "utimesSync", "lutimesSync", "futimesSync"]) {
      replace(
        api,
        name,
        (own) =>
          (target, atime, mtime, ...rest) =>
            own(target, machineTime(atime), machineTime(mtime), ...rest),
      );
    }
  }
  syncBuiltinESMExports();
}

/**
 * @param {Record<string, any>} api
 * @param {string} name
 * @param {(own: (...args: any[]) => any) => (...args: any[]) => any} wrap
 */
function replace(api, name, wrap) {
  const own = api[name];
  if (own === undefined) return;
  api[name] = wrap(own.bind(api));
}

/**
 * @param {import("node:fs").Stats | import("node:fs").BigIntStats | undefined} stats
 */
function moveStats(stats) {
  if (stats === undefined) return undefined;
  for (const time of ["atime", "mtime", "ctime", "birthtime"]) {
    const ms = stats[`${time}Ms`];
    if (typeof ms === "bigint") {
      stats[`${time}Ms`] = ms + BigInt(offsetMs);
      stats[`${time}Ns`] += BigInt(offsetMs) * 1_000_000n;
    } else {
      stats[`${time}Ms`] = ms + offsetMs;
    }
    stats[time] = new Date(Number(stats[`${time}Ms`]));
  }
  return stats;
}

/**
 * @param {Date | number | string} time a Date, of whichever realm, or seconds
 */
function machineTime(time) {
  return (typeof time === "object" ? time.getTime() / 1000 : Number(time)) - offsetMs / 1000;
}
