import { curveOf, curves, type Html, html, type StudyRuns, seriesColor } from "@deepgrain/lab";
import { type Choice, choices } from "./candidates";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

/** Choices that a chart shows together, and the colours of their scores: the same in both charts. */
const charts = [
  {
    label: "Held-out problems solved by the solution of the best score",
    caption: "The score of a solution is its last step's unless said otherwise.",
    colors: { unlabelled: 1, "prm-min": 4, orm: 2, prm: 3 },
  },
  {
    label: "Held-out problems solved by votes, weighted by scores or not",
    caption: "SC + a score: each solution's vote for its answer counts by its score.",
    colors: { sc: 0, "sc-unlabelled": 1, "sc-orm": 2, "sc-prm": 3 },
  },
] satisfies { label: string; caption: string; colors: Partial<Record<Choice, number>> }[];

/** Accuracy of every choice over the number of solutions: by best score, and by votes. */
export function choiceCurves(runs: StudyRuns<ShepherdSettings, ShepherdResult>): Html {
  const pointsOf = (id: Choice) =>
    curveOf(runs, "verification", ({ verification }) => {
      const { accuracy } = verification!.choices[id];
      return accuracy.map(({ n, accuracy: share }) => ({ x: n, y: 100 * share }));
    });
  const shown = charts.map(({ colors, ...words }) => ({
    ...words,
    series: (Object.entries(colors) as [Choice, number][]).map(([id, color]) => ({
      name: choices[id].name,
      color: seriesColor(color),
      isDashed: id.endsWith("prm"), // as it lies over the ORM's
      points: pointsOf(id),
    })),
  }));
  const ends = shown.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.flatMap(({ mean: y, interval }) => interval ?? [y])),
  );
  const domain = [Math.floor(Math.min(...ends)), Math.ceil(Math.max(...ends))] as const;
  return html`${shown.map(({ caption, ...chart }) =>
    curves({
      ...chart,
      caption: `${caption} Bands: 95 % intervals over seeds.`,
      x: { label: "solutions per problem", isLog: true },
      y: { label: "solved, %", domain, bounds: [0, 100] },
    }),
  )}`;
}
