/** @file The clock of kernel launches. It stands still unless `timeLaunches` runs. */

export const launchClock = {
  now: () => 0,
  launches: 0,
  /** From a launch's beginning to its end. */
  launchMs: 0,
  /** Of that, the time in which the caller woke helpers or waited for them. */
  barrierMs: 0,
};

/** Does a launch. */
export function timed(run: () => void): void {
  const begun = launchClock.now();
  run();
  launchClock.launchMs += launchClock.now() - begun;
  launchClock.launches++;
}
