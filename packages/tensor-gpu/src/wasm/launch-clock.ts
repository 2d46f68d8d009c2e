/** @file The clock of kernel launches. It is off unless `timeLaunches` runs, so that a launch costs one look at a flag. */

export const launchClock = {
  isOn: false,
  launches: 0,
  /** From a launch's beginning to its end. */
  launchMs: 0,
  /** Of that, the time in which the caller woke helpers or waited for them. */
  barrierMs: 0,
};
