/** @file How texts use the experts of a model, as charts: for the report of a run, of a study and of an inspected model. */
import { curves, type Estimate, type Html, matrix } from "@deepgrain/lab";

/** Experts that two texts share by chance, of the `topK` best of a layer. */
export const sharedByChance = (topK: number, experts: number): string =>
  ((topK * topK) / experts).toFixed(1);

/** How many of the best experts of a layer texts share, as `overlapMatrix` of `@deepgrain/esft` counts them. */
export const overlapChart = (
  names: readonly string[],
  values: readonly (readonly number[])[],
  { topK: max, caption }: { topK: number; caption: string },
): Html =>
  matrix({
    label: "Best experts that two texts share",
    caption,
    rows: names,
    columns: names,
    max,
    format: (x: number) => x.toFixed(1),
    values,
  });

/** How few experts do most of the work: a curve per text, from the share of the best expert to that of all, 1. */
export function concentrationChart(
  texts: readonly { name: string; shares: ArrayLike<number | Estimate> }[],
  caption: string,
): Html {
  const { length: experts } = texts[0]!.shares;
  const even = [0, experts].map((x) => ({ x, y: x / experts }));
  return curves({
    label: "Share of choices that the best experts hold",
    caption,
    x: { label: "best experts of a layer", domain: [0, experts] },
    y: { label: "share of the choices", isPercent: true, domain: [0, 1] },
    series: [
      ...texts.map(({ name, shares }) => ({
        name,
        points: [{ x: 0, y: 0 }, ...Array.from(shares, (y, k) => ({ x: k + 1, y }))],
      })),
      { name: "even use", color: "var(--muted)", isDashed: true, points: even },
    ],
  });
}
