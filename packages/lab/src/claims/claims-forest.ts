import { type Bounds, type Html, within } from "@deepgrain/support/pages";
import { dot, type Markish, rect, ruleX, ruleY, text } from "#plot";
import { figure, HALO, isNarrow, seriesColor } from "../charts/figure";
import { claimDifference, differenceBounds } from "./claim-text";
import type { MeasureBounds } from "./claims-table";
import type { JudgedClaim, Outcome } from "./verdict";

/** Colours and marks of outcomes, which are written out too. */
const looks: Readonly<Record<Outcome | "none", readonly [color: string, mark: string]>> = {
  "as claimed": [seriesColor(2), "✓ as claimed"],
  opposite: [seriesColor(1), "✗ opposite"],
  equal: [seriesColor(1), "✗ equal"],
  undecided: ["var(--muted)", "○ undecided"],
  none: [seriesColor(0), ""],
};

/** A primary claim whose difference was measured, in margins: ±1 is the smallest difference that matters. */
interface Row {
  claim: JudgedClaim;
  mean: number;
  low: number;
  high: number;
}

function rowsOf(claims: readonly JudgedClaim[], bounds: MeasureBounds): Row[] {
  return claims.flatMap((claim) => {
    const { margin, difference, lower } = claim;
    if (margin === null || difference.mean === null) return [];
    const ends: Bounds = difference.interval ?? [difference.mean, difference.mean];
    const [low, high] = within(ends, differenceBounds(bounds.get(lower.measure)));
    return [{ claim, mean: difference.mean / margin, low: low / margin, high: high / margin }];
  });
}

/** The ends of the axis: the rows, and the band of one margin. */
const domainOf = (rows: readonly Row[]): Bounds => [
  Math.min(-1.2, ...rows.map(({ low }) => 1.1 * low)),
  Math.max(1.2, ...rows.map(({ high }) => 1.1 * high)),
];

/** From here on the axis is logarithmic. */
const FAR = 8;

const TICKS = [1, 3, 10, 30, 100, 300, 1000];

/** The width of a label on the axis, in pixels. */
const LABEL_WIDTH = 34;

/** Round numbers to both sides of 0, no closer than their labels are wide. */
function ticksOf([low, high]: Bounds, width: number): number[] {
  const gap = (LABEL_WIDTH / width) * (Math.log1p(-low) + Math.log1p(high));
  const kept = [0];
  for (const x of TICKS) if (Math.log1p(x) - Math.log1p(kept.at(-1)!) >= gap) kept.push(x);
  return [...kept.slice(1).map((x) => -x), ...kept].filter((x) => low <= x && x <= high);
}

const LETTERS = 96;

/** A sentence in lines of at most so many letters. */
function linesOf(sentence: string, letters: number): string {
  const lines = [""];
  for (const word of sentence.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= letters) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}

/** Left of the intervals: room for the marks. */
const marginOf = (narrow: boolean) => (narrow ? 96 : 110);

function marksOf(rows: readonly Row[], narrow: boolean): Markish[] {
  const ink = { fill: "var(--text)", fontWeight: 550, ...HALO };
  const own = rows.map((row, i) => {
    const [color, mark] = looks[row.claim.outcome ?? "none"];
    const { sentence } = row.claim.primary!;
    return { ...row, i, color, mark, sentence: linesOf(sentence, narrow ? 46 : LETTERS) };
  });
  const left = { frameAnchor: "left", textAnchor: "start", dx: -marginOf(narrow) } as const;
  return [
    rect([0], { x1: -1, x2: 1, fill: "var(--line)", fillOpacity: 0.45 }),
    ruleX([0], { stroke: "var(--muted)" }),
    ruleY(own, { y: "i", x1: "low", x2: "high", stroke: "color", strokeWidth: 2.5 }),
    dot(own, { x: "mean", y: "i", r: 5, fill: "color" }),
    text(own, { ...left, y: "i", text: "sentence", lineAnchor: "bottom", dy: -10, ...ink }),
    text(own, { ...left, y: "i", text: "mark", fill: "color" }),
  ];
}

/**
 * The differences of primary claims in margins on one axis, so that claims of different units stand below one another. Beyond one
 * margin the axis is logarithmic. A difference is as claimed right of 0, "no worse" right of −1, an equality inside the band.
 */
export function claimsForest(claims: readonly JudgedClaim[], bounds: MeasureBounds): Html | false {
  const rows = rowsOf(claims, bounds);
  if (rows.length === 0) return false;
  const has = (one: JudgedClaim["relation"]) => claims.some(({ relation }) => relation === one);
  const domain = domainOf(rows);
  const isFar = Math.max(-domain[0], domain[1]) > FAR;
  return figure({
    label: "Differences of the primary claims with their intervals",
    caption: `Each difference over its margin, the smallest that matters: the grey band is ±1 margin. Right of 0 is in the claimed direction, left of the band against it.${has("≤") ? " “No worse” is claimed to lie right of the band's left end." : ""}${has("=") ? " An equality is claimed to lie inside the band." : ""} Each interval has the level at which its claim was decided.`,
    data: {
      head: ["claim", "difference, interval", "margin"],
      body: claims.map((claim) => [
        claim.primary!.sentence,
        claimDifference(claim, bounds.get(claim.lower.measure)),
        String(claim.margin),
      ]),
    },
    draw(width) {
      const narrow = isNarrow(width);
      const [marginLeft, marginRight] = [marginOf(narrow), 24];
      return {
        height: 66 + (narrow ? 66 : 50) * rows.length,
        marginLeft,
        marginRight,
        marginTop: 8,
        x: {
          label: "difference in margins",
          domain,
          type: isFar ? "symlog" : "linear",
          ticks: isFar ? ticksOf(domain, width - marginLeft - marginRight) : narrow ? 5 : undefined,
          tickFormat: (x: number) => String(x).replace("-", "−"),
          grid: true,
        },
        y: { axis: null, type: "linear", domain: [-0.75, rows.length - 0.6], reverse: true },
        marks: marksOf(rows, narrow),
      };
    },
  });
}
