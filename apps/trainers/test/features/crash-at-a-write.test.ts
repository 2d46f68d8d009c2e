import { createRandom } from "@deepgrain/lm";
import { expect, it } from "vitest";
import type { Fault } from "../support/crash-plan";
import { type Crashed, crashed, crashTable } from "../support/crash-table";
import { crashWays } from "../support/crash-ways";

const RUNS = 20;

it("ends as undisturbed after a fault at each of twenty drawn operations on files", async () => {
  const random = createRandom(49).next;
  const rows: Crashed[] = [];
  let runs = 0;
  for (const [i, way] of crashWays.entries()) {
    const count = Math.round((RUNS * (i + 1)) / crashWays.length) - runs;
    const draw = (faults: readonly Fault[]) => {
      const left = [...faults];
      return Array.from({ length: count }, () => left.splice(random() * left.length, 1)[0]!);
    };
    rows.push(await crashed(way, draw));
    runs += count;
  }
  console.log(crashTable(rows));
  expect(rows.flatMap(({ differences }) => differences)).toEqual([]);
  expect(runs).toBe(RUNS);
});
