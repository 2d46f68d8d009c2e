/** @file A study of some seconds that worker threads and processes import. */
import { setTimeout as wait } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { measure, study } from "@deepgrain/lab";

const score = measure("score", ({ score }) => score);

export const slow = study({
  name: "slow",
  title: "Slow",
  module: import.meta.url,
  exportName: "slow",
  settings: { steps: 5, stepMs: 10 },
  variants: [
    { id: "base", value: 1 },
    { id: "tuned", value: 2, after: ["base"] },
    { id: "hot", value: 3 },
  ],
  async *run({ id, value }, seed, { settings, threads, result, signal }) {
    const base = id === "tuned" ? result("base").score : 0;
    for (let step = 1; step <= settings.steps; step++) {
      await wait(settings.stepMs, undefined, { signal });
      yield { type: "progress", done: step / settings.steps, message: `step ${step}` };
    }
    if (settings.fails === id) throw new Error("the oven is cold");
    yield { type: "place", thread: threadId, pid: process.pid, threads };
    return { score: base + value + 0.01 * seed };
  },
  claims: [{ lower: score("base"), higher: score("tuned"), paper: "1 < 3" }],
});
