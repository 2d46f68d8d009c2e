/** Mean of about the last twenty values. */
function smoothed() {
  let mean = Number.NaN;
  return {
    add(value: number) {
      mean = Number.isNaN(mean) ? value : 0.95 * mean + 0.05 * value;
    },
    get: () => mean,
  };
}

/** How long a training will take: of each kind of work the mean so far, times how often it will still come. */
export interface TimeLeft {
  stepTook(seconds: number): void;
  evaluationTook(seconds: number): void;
  /** Seconds per step. */
  perStep(): number;
  /** Seconds left when step `step` of `steps` is done and its evaluation, if it has one, is not. */
  after(step: number, steps: number): number;
}

/** @param evaluateEvery steps between two evaluations; there is one after the last step too. Default: that alone */
export function timeLeft(evaluateEvery = Number.POSITIVE_INFINITY): TimeLeft {
  const step = smoothed();
  let evaluations = 0;
  let evaluating = 0;
  return {
    stepTook: step.add,
    perStep: step.get,
    evaluationTook(seconds) {
      evaluations++;
      evaluating += seconds;
    },
    after(done, steps) {
      const among = (last: number) => Math.floor(last / evaluateEvery);
      const hasOddEnd = steps % evaluateEvery !== 0;
      const toCome = among(steps) - among(done - 1) + (hasOddEnd ? 1 : 0);
      const each = evaluations === 0 ? 0 : evaluating / evaluations;
      return step.get() * (steps - done) + each * toCome;
    },
  };
}
