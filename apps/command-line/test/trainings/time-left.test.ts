import { describe, expect, it } from "vitest";
import { timeLeft } from "../../src/trainings/time-left";

describe("the time left", () => {
  it("has the steps, and the evaluations that are still to come", () => {
    const time = timeLeft(10);
    time.stepTook(2);
    expect(time.after(1, 30)).toBe(58); // no evaluation was measured yet
    time.evaluationTook(5);
    expect(time.after(11, 30)).toBe(2 * 19 + 2 * 5);
    expect(time.after(20, 30)).toBe(2 * 10 + 2 * 5); // that of step 20 comes after the step
    expect(time.after(30, 30)).toBe(5);
  });

  it("counts the evaluation at the end, where the interval does not divide the steps", () => {
    const time = timeLeft(10);
    time.stepTook(1);
    time.evaluationTook(4);
    time.evaluationTook(6);
    expect(time.after(21, 25)).toBe(4 + 5);
    const alone = timeLeft();
    alone.stepTook(1);
    alone.evaluationTook(3);
    expect(alone.after(21, 25)).toBe(4 + 3);
  });
});
