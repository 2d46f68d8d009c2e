import { type Html, html, type StudyRuns, scatter, table } from "@deepgrain/lab";
import { fixed } from "../shared/outcome-text";
import { type FrontierPoint, frontiersOf } from "./frontier";
import { type ComparedRow, type ComparisonSettings, EQUAL_KL, EQUAL_RATIO } from "./recipe";
import { type Side, sides } from "./variants";

type Runs = StudyRuns<ComparisonSettings, ComparedRow>;

const entriesOf = (runs: Runs) =>
  Object.entries(frontiersOf(runs)) as [Side, readonly FrontierPoint[]][];

/** Payloads found against what the mark costs the text, a line per side. */
export function picture({ runs }: { runs: Runs }): Html | false {
  const all = entriesOf(runs);
  if (all.length === 0) return false;
  return scatter({
    label: "Payloads found, against the perplexity of marked over unmarked text",
    caption: `A point per bonus δ, means over seeds; ${EQUAL_RATIO} is where both sides are compared. Higher and further left is better.`,
    x: { label: "perplexity, marked over unmarked" },
    y: { label: "payloads found, share", domain: [0, 1] },
    groups: all.map(([side, points]) => ({
      name: sides[side].name,
      isLinked: true,
      points: points.map(({ delta, perplexityRatio, found }) => ({
        x: perplexityRatio,
        y: found,
        label: `δ ${delta}`,
      })),
    })),
  });
}

/** Every bonus of every side. */
export function frontierTable({ runs }: { runs: Runs }): Html | false {
  const rows = entriesOf(runs).flatMap(([side, points]) =>
    points.map(({ delta, perplexityRatio, kl, found, foundEdited, half, distinct2 }) => [
      `${sides[side].name}, δ ${delta}`,
      ...[perplexityRatio, kl, found, foundEdited].map((x) => fixed(x, 3)),
      half ? `${fixed(half.found, 3)} at ${fixed(half.perplexityRatio, 3)}` : "–",
      fixed(distinct2, 3),
    ]),
  );
  const head = [
    "marking",
    "perplexity ratio",
    "nats per token from unmarked",
    "found",
    "10 % replaced",
    "half the tokens, at its ratio",
    "distinct-2",
  ];
  return (
    rows.length > 0 &&
    html`<p>Means over seeds. At each seed a side is read off the line between two neighbouring bonuses, where its logarithm of the
perplexity ratio reaches that of ${EQUAL_RATIO}, or where its divergence reaches ${EQUAL_KL} nats per token: from no bonus on, up to the
largest bonus where it never costs so much.</p>${table(head, rows)}`
  );
}
