import { expect, it } from "vitest";
import type { Cell, Finished } from "../../src/run/plan";
import { watchProgress } from "../../src/run/schedule";

const cell = (id: string, seed: number, weight?: number): Cell => ({
  variant: { id, weight },
  about: { name: id, variant: id, seed },
  path: "",
  key: { study: "s", fingerprint: "", variant: id, seed },
  after: [],
});

const provenance = {} as never;

/** Lets cells finish one after another, each after its seconds. @returns what is said to be left after each */
function leftAfter(cells: readonly Cell[], seconds: readonly number[]): (number | null)[] {
  const finished: Finished<unknown> = new Map();
  let clock = 0;
  const progress = watchProgress(cells, finished, () => 1000 * clock);
  return cells.map((one, i) => {
    clock += seconds[i]!;
    const { variant, seed } = one.key;
    finished.set(one, { variant, seed, result: 0, seconds: seconds[i]!, provenance });
    progress.finish(one);
    const { secondsLeft } = progress.current();
    return secondsLeft === null ? null : Math.round(secondsLeft);
  });
}

it("predicts by weights until a variant has been run", () => {
  const cells = [cell("short", 1, 1), cell("long", 1, 9)];
  expect(leftAfter(cells, [10, 90])).toEqual([90, 0]);
});

it("predicts by what a variant took at other seeds, whatever its weight", () => {
  const cells = [cell("short", 1), cell("long", 1), cell("short", 2), cell("long", 2)];
  const left = leftAfter(cells, [10, 90, 10, 90]);
  expect(left.slice(1)).toEqual([100, 90, 0]);
});

it("predicts by what the folder held already", () => {
  const cells = [cell("short", 2), cell("long", 2)];
  const before = [
    [cell("short", 1), 10],
    [cell("long", 1), 30],
  ] as const;
  const finished: Finished<unknown> = new Map(
    before.map(([one, seconds]) => [
      one,
      { variant: one.key.variant, seed: 1, result: 0, seconds, provenance },
    ]),
  );
  let clock = 0;
  const progress = watchProgress(cells, finished, () => 1000 * clock);
  clock = 10;
  progress.finish(cells[0]!);
  expect(progress.current()).toMatchObject({ done: 0.25, secondsLeft: 30 });
});
