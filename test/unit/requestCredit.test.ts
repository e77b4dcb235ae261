/** Request credit: what waiting executions earn, what a request costs, and what is not kept. */
import { RequestCredit } from "../../provider/src/waiting/requestCredit";
import { fakeClock } from "../support/fakeClock";

const secondMs = 1_000;

test("an execution earns a request every ten seconds; a request costs one", () => {
  const clock = fakeClock();
  const credit = new RequestCredit(clock);
  clock.advance(30 * secondMs);
  credit.earn(4);
  expect(credit.each(4)).toBeCloseTo(3, 9);
  for (let count = 0; count < 4; count += 1) credit.spend();
  expect(credit.each(4)).toBeCloseTo(2, 9);
});

test("nothing is earned while nobody waits, nor by a clock that is set back", () => {
  const clock = fakeClock();
  const credit = new RequestCredit(clock);
  clock.advance(600 * secondMs);
  credit.earn(0);
  clock.advance(-300 * secondMs);
  credit.earn(5);
  expect(credit.each(1)).toBe(0);
});

test("the first subscriber brings what asking every ten seconds spends on the last status, the others less", () => {
  const credit = new RequestCredit(fakeClock());
  credit.welcome(true);
  expect(credit.each(1)).toBeCloseTo(0.9, 9);
  credit.welcome(false);
  expect(credit.each(1)).toBeCloseTo(1.1, 9);
});

test("what executions saved that have ended is cut to a hundred requests for each that waits", () => {
  const clock = fakeClock();
  const credit = new RequestCredit(clock);
  clock.advance(900 * secondMs);
  credit.earn(10);
  expect(credit.each(1)).toBeCloseTo(900, 9);
  clock.advance(secondMs);
  credit.earn(1);
  expect(credit.each(1)).toBe(100);
});

test("steps are read only with what goes beyond three requests per execution", () => {
  const clock = fakeClock();
  const credit = new RequestCredit(clock);
  clock.advance(29 * secondMs);
  credit.earn(2);
  expect(credit.isToSpare(2)).toBe(false);
  clock.advance(secondMs);
  credit.earn(2);
  expect(credit.isToSpare(2)).toBe(true);
});
