import { curves, type Html, type Series, seriesColor } from "@deepgrain/lab";
import type { PowerLaw } from "@deepgrain/scaling-laws";
import { digits } from "../shared/numbers";

/** Points over compute, and the law through them. */
interface FittedPoints {
  name: string;
  points: readonly { x: number; y: number }[];
  /** Null where the points carry none. */
  law: PowerLaw | null | undefined;
  /** The same law in each draw of the bootstrap. */
  draws: readonly (PowerLaw<number> | null | undefined)[];
}

/** Places of a line. */
const PLACES = 16;

const at = ({ coefficient, exponent }: PowerLaw<number>, x: number) => coefficient * x ** exponent;

/** The middle 95 % of numbers. */
function middle(values: readonly number[]): readonly [number, number] | null {
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  return last < 1 ? null : [sorted[Math.round(0.025 * last)]!, sorted[Math.round(0.975 * last)]!];
}

/** Places of equal distance on a logarithmic axis, from the first point to the last. */
function placesOf(points: FittedPoints["points"]): number[] {
  const xs = points.map(({ x }) => Math.log(x));
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  return Array.from({ length: PLACES }, (_, i) =>
    Math.exp(low + ((high - low) * i) / (PLACES - 1)),
  );
}

const pointLaw = ({ coefficient, exponent }: PowerLaw): PowerLaw<number> => ({
  coefficient: coefficient.value,
  exponent: exponent.value,
});

/** The points, the fitted line with its band, and a line of the paper's exponent through the middle of the fit. */
function seriesOf(
  { name, points, law, draws }: FittedPoints,
  color: string,
  paper: number | undefined,
): Series[] {
  const dots = { name, color, points, hasDots: true, hasLine: false };
  if (!law || points.length < 2) return [dots];
  const own = pointLaw(law);
  const drawn = draws.flatMap((draw) => draw ?? []);
  const places = placesOf(points);
  const line = places.map((x) => {
    const interval = middle(drawn.map((draw) => at(draw, x)));
    return { x, mean: at(own, x), interval };
  });
  const fit = { name: `${name}, fit`, color, points: line, isInLegend: false };
  if (paper === undefined) return [dots, fit];
  const centre = Math.sqrt(places[0]! * places.at(-1)!);
  const published = {
    name: `the paper's exponent, ${digits(paper)}`,
    color: "var(--muted)",
    isDashed: true,
    points: [places[0]!, places.at(-1)!].map((x) => ({
      x,
      y: at(own, centre) * (x / centre) ** paper,
    })),
  };
  return [dots, fit, published];
}

/**
 * A quantity over compute with the power laws through it, their 95 % bands over the draws of the bootstrap, and the paper's exponent
 * beside the first of them.
 */
export function powerLawChart(
  all: readonly FittedPoints[],
  { label, y, paper, caption }: { label: string; y: string; paper: number; caption: string },
): Html {
  return curves({
    label,
    caption: `${caption} Lines: fits; bands: 95 % of the fits to resampled residuals. Dashed: the slope that the paper has, through the middle of the fit.`,
    x: { label: "training FLOPs C (1G = 10⁹)", isLog: true },
    y: { label: y, isLog: true },
    series: all.flatMap((one, i) => seriesOf(one, seriesColor(i), i === 0 ? paper : undefined)),
  });
}
