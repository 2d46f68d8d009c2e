import { createRandom } from "@deepgrain/lm";
import { expect, it } from "vitest";
import type { Fault } from "../support/crash-plan";
import { type Crashed, crashed, crashTable } from "../support/crash-table";
import { crashWays } from "../support/crash-ways";

const RUNS = 20;

it("ends as undisturbed after a fault at twenty drawn operations on files", async () => {
  const random = createRandom(49).next;
  const rows: Crashed[] = [];
  for (const [i, way] of crashWays.entries()) {
    const share =
      Math.floor((RUNS * (i + 1)) / crashWays.length) - Math.floor((RUNS * i) / crashWays.length);
    const drawn = (faults: readonly Fault[]) =>
      Array.from({ length: share }, () => faults[Math.floor(random() * faults.length)]!);
    rows.push(await crashed(way, (faults) => [...new Set(drawn(faults))]));
  }
  console.log(crashTable(rows));
  expect(rows.flatMap(({ differences }) => differences)).toEqual([]);
});
