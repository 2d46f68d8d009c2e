import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { curves, drain, judge, measure, runStudy, study, studyPage } from "@deepgrain/lab";
import { it } from "vitest";

const s = study({
  name: "n",
  title: "n",
  settings: {},
  variants: [{ id: "a" }, { id: "b" }],
  async *run(_, seed) {
    yield { type: "progress", done: 0.5 };
    return { x: Math.sin(seed) };
  },
  claims: [
    {
      lower: measure("x", (r: { x: number }) => r.x)("a"),
      higher: measure("x", (r: { x: number }) => r.x)("b"),
      paper: "",
    },
  ],
});
it("t", async () => {
  for (const seeds of [20, 200, 200]) {
    const folder = await mkdtemp(join(tmpdir(), "hf-"));
    const began = performance.now();
    const runs = await drain(
      runStudy(s, { folder, seeds: Array.from({ length: seeds }, (_, i) => i) }),
    );
    const ran = performance.now();
    await drain(runStudy(s, { folder, seeds: Array.from({ length: seeds }, (_, i) => i) }));
    const again = performance.now();
    studyPage(s, runs, judge(s, runs));
    const paged = performance.now();
    curves({
      label: "x",
      x: { label: "x" },
      y: { label: "y" },
      series: [
        { name: "a", points: Array.from({ length: 100 }, (_, i) => ({ x: i, y: Math.sin(i) })) },
      ],
    });
    console.log(
      "HOWFAST",
      seeds * 2,
      ((ran - began) / seeds / 2).toFixed(2),
      "ms/run; reread",
      ((again - ran) / seeds / 2).toFixed(2),
      "judge+page",
      (paged - again).toFixed(0),
      "chart",
      (performance.now() - paged).toFixed(0),
    );
  }
}, 60000);
