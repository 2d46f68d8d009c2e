import { inference, keep, ones, setBackend, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { StepReplay } from "../../src/inference/step-replay";

/** y = 2x, then y = y + the live count, in two parts. */
function stepOf(x: Tensor, y: Tensor, isLive: boolean) {
  const calls = { first: 0, second: 0 };
  const parts = [
    {
      isLive: false,
      run: () => {
        calls.first++;
        inference.combineInto("add", y, x, x);
      },
    },
    {
      isLive,
      run: () => {
        calls.second++;
        if (isLive) y.dataSync();
        inference.combineInto("add", y, y, x);
      },
    },
  ];
  return { calls, parts };
}

describe("repeated steps", () => {
  beforeEach(() => void setBackend("wasm"));

  it("compute the same as the first, on new numbers, without their JavaScript", () => {
    const [x, y] = [keep(ones([2])), keep(zeros([2]))];
    const { calls, parts } = stepOf(x, y, false);
    const replay = new StepReplay();
    const results = [1, 2, 3, 4].map((value) => {
      x.set([value, -value]);
      replay.run(["key"], x, parts);
      return [...y.dataSync()];
    });
    expect(results).toEqual([1, 2, 3, 4].map((value) => [3 * value, -3 * value]));
    expect(calls).toEqual({ first: 2, second: 2 });
    replay.forget();
  });

  it("run live parts each time", () => {
    const [x, y] = [keep(ones([2])), keep(zeros([2]))];
    const { calls, parts } = stepOf(x, y, true);
    const replay = new StepReplay();
    for (const value of [1, 2, 3, 4]) {
      x.set([value, value]);
      replay.run(["key"], x, parts);
      expect([...y.dataSync()]).toEqual([3 * value, 3 * value]);
    }
    expect(calls).toEqual({ first: 2, second: 4 });
    replay.forget();
  });

  it("are recorded anew under another key", () => {
    const [x, y] = [keep(ones([2])), keep(zeros([2]))];
    const { calls, parts } = stepOf(x, y, false);
    const replay = new StepReplay();
    for (const key of ["a", "a", "a", "b", "b", "b", "a"]) replay.run([key], x, parts);
    expect(calls.first).toBe(5);
    replay.forget();
  });

  it("run as they are where a part cannot be recorded", () => {
    const [x, y] = [keep(ones([2])), keep(zeros([2]))];
    const { calls, parts } = stepOf(x, y, true);
    const asRecorded = parts.map(({ run }) => ({ run, isLive: false }));
    const replay = new StepReplay();
    for (const value of [1, 2, 3, 4]) {
      x.set([value, value]);
      replay.run(["key"], x, asRecorded);
      expect([...y.dataSync()]).toEqual([3 * value, 3 * value]);
    }
    expect(calls.second).toBe(5); // one attempt to record
    replay.forget();
  });
});
