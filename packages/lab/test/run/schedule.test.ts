import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  drain,
  type Executor,
  runStudy,
  type StudyEvent,
  study,
  type Variant,
} from "@deepgrain/lab";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";

const variants: Variant[] = [
  { id: "base" },
  { id: "timed", after: ["base"], isAlone: true },
  { id: "tuned", after: ["base"] },
  { id: "free" },
];

const graph = study({
  name: "graph",
  title: "Graph",
  settings: {},
  variants,
  async *run({ id, after = [] }, seed, { result, artifacts }): AsyncGenerator<never, string, void> {
    await wait(5);
    if (!artifacts.endsWith("artifacts")) throw new Error(`artifacts are in ${artifacts}`);
    return `${id} ${seed} after ${after.map((other) => result<string>(other)).join()}`;
  },
});

/** Runs in process, two at a time, noting which run together. */
function watched(concurrency: number) {
  const running = new Set<string>();
  const together: string[][] = [];
  const executor: Executor = {
    concurrency,
    async execute(task, { here }) {
      running.add(task.variant);
      together.push([...running]);
      const result = await here(task);
      running.delete(task.variant);
      return { result };
    },
  };
  return { executor, together };
}

it("starts runs when those they come after are finished, and alone what must be alone", async () => {
  const folder = await temporaryFolder();
  const { executor, together } = watched(2);
  const { runs } = await drain(runStudy(graph, { folder, seeds: [1], executor }));
  expect(together[0]).toEqual(["base"]);
  expect(together[1]).toEqual(["base", "free"]);
  expect(together.at(-1)).toEqual(["timed"]);
  expect(runs.map(({ result }) => result)).toEqual([
    "base 1 after ",
    "timed 1 after base 1 after ",
    "tuned 1 after base 1 after ",
    "free 1 after ",
  ]);
});

it("hands on results that the folder held already", async () => {
  const folder = await temporaryFolder();
  const { executor, together } = watched(1);
  await drain(runStudy(graph, { folder, seeds: [1] }));
  await drain(runStudy(graph, { folder, seeds: [1, 2], executor }));
  expect(together.flat()).toEqual(["base", "tuned", "free", "timed"]);
});

it("refuses to read a result that is not named in after", async () => {
  const folder = await temporaryFolder();
  const curious = study({
    ...graph,
    // biome-ignore lint/correctness/useYield: there is nothing to say
    async *run(_, __, { result }): AsyncGenerator<never, string, void> {
      return result<string>("free");
    },
  });
  await expect(drain(runStudy(curious, { folder, seeds: [1] }))).rejects.toThrow(
    '"base" reads the result of "free" without naming it in "after"',
  );
});

it("ends the other runs when one fails, and closes the executor", async () => {
  const folder = await temporaryFolder();
  let isClosed = false;
  const aborted: string[] = [];
  const executor: Executor = {
    concurrency: 2,
    async execute({ variant }, { signal }) {
      if (variant === "free") throw new Error("no power");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.push(variant);
      throw signal.reason;
    },
    close: async () => {
      isClosed = true;
    },
  };
  await expect(drain(runStudy(graph, { folder, seeds: [1], executor }))).rejects.toThrow(
    "seed 1, free failed: no power",
  );
  expect([aborted, isClosed]).toEqual([["base"], true]);
});

it("prepares what runs share once, and only where runs are missing", async () => {
  const folder = await temporaryFolder();
  const prepared: string[] = [];
  const own = study({
    ...graph,
    async *prepare({ artifacts }) {
      prepared.push(artifacts);
      yield { type: "progress", message: "half of it" };
    },
  });
  const events: StudyEvent[] = [];
  await drain(runStudy(own, { folder, seeds: [1] }), (event) => events.push(event));
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["study-start", "prepare-event"]);
  await drain(runStudy(own, { folder, seeds: [1] }));
  expect(prepared).toEqual([join(folder, "artifacts")]);
});
