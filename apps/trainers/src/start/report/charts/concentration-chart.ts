import { curves, type Html } from "@deepgrain/lab";

/** Numbers by layer. */
export type LayerRows = Readonly<Record<string, readonly number[]>>;

interface Point {
  experts: number;
  share: number;
}

/** Share of the choices that the n busiest experts of a layer get, averaged over layers, for n from 0 to all. */
export function concentration(shares: LayerRows): Point[] {
  const layers = Object.values(shares).map((row) => [...row].sort((a, b) => b - a));
  const count = layers[0]?.length ?? 0;
  const sums = Array.from({ length: count + 1 }, (_, n) =>
    layers.map((row) => row.slice(0, n).reduce((sum, share) => sum + share, 0)),
  );
  return sums.map((values, experts) => ({
    experts,
    share: values.reduce((sum, share) => sum + share, 0) / Math.max(1, layers.length),
  }));
}

/** How few experts do most of the work, a curve per text. @param texts by name */
export function concentrationChart(
  texts: Readonly<Record<string, LayerRows>>,
  caption: string,
): Html {
  const points = Object.entries(texts).map(([name, shares]) => ({
    name,
    points: concentration(shares).map(({ experts, share }) => ({ x: experts, y: share })),
  }));
  const last = points[0]!.points.at(-1)!.x;
  const even = [0, last].map((x) => ({ x, y: x / last }));
  return curves({
    label: "Share of tokens that the busiest experts get",
    caption,
    x: { label: "number of busiest experts", domain: [0, last] },
    y: { label: "share of the work", isPercent: true, domain: [0, 1] },
    series: [
      ...points,
      { name: "an even spread", points: even, color: "var(--muted)", isDashed: true },
    ],
  });
}
