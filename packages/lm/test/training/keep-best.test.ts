import type { FitEvent } from "@deepgrain/trainer";
import { describe, expect, it } from "vitest";
import { type BestStep, keepBest } from "../../src";

async function* evaluations(...losses: number[]): AsyncGenerator<FitEvent> {
  for (const [i, loss] of losses.entries())
    yield { type: "eval-end", step: i + 1, loss, scalars: {} };
  yield { type: "train-end", step: losses.length };
}

async function run(losses: number[], known?: BestStep) {
  const saved: number[] = [];
  const save = ({ step }: BestStep) => void saved.push(step);
  const events = keepBest(evaluations(...losses), { save, ...(known && { known }) });
  let passed = 0;
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { saved, passed, best: value };
    passed++;
  }
}

describe("keepBest", () => {
  it("stores at each evaluation that beats all before it, and passes every event on", async () => {
    expect(await run([3, 2, 2, 2.5, 1, 4])).toEqual({
      saved: [1, 2, 5],
      passed: 7,
      best: { step: 5, loss: 1 },
    });
  });

  it("goes on from the best of an earlier session", async () => {
    const known = { step: 9, loss: 1.5 };
    expect(await run([3, 2], known)).toMatchObject({ saved: [], best: known });
    expect(await run([1], known)).toMatchObject({ saved: [1], best: { step: 1, loss: 1 } });
  });

  it("stores nothing for losses that are not numbers", async () => {
    expect(await run([Number.NaN])).toEqual({ saved: [], passed: 2, best: null });
  });
});
