import type { Cell, Standing } from "@deepgrain/support/pages";
import {
  type Html,
  html,
  pValue,
  spread,
  type TextTableOptions,
  table,
  textRecords,
  verdict,
} from "@deepgrain/support/pages";
import { having, optionsOf, refuseUnknown } from "../errors";
import { claimDifference, claimText } from "./claim-text";
import {
  type JudgedClaim,
  type JudgedSide,
  type Judgement,
  type Outcome,
  primariesOf,
  secondariesOf,
} from "./verdict";

const standings: Readonly<Record<Outcome, Standing>> = {
  "as claimed": "good",
  opposite: "bad",
  equal: "bad",
  undecided: "open",
};

const sideText = ({ mean, standardError }: JudgedSide): string =>
  mean === null ? "–" : spread({ mean, standardError });

type Column = [name: string, cell: (claim: JudgedClaim) => string, isText?: true];

/** Columns where not all claims have the same. */
const about: readonly Column[] = [
  ["exp.", ({ experiment }) => experiment],
  ["scope", ({ scope }) => scope, true],
];

const outcome: Column = ["outcome", (claim) => claim.outcome ?? "–", true];
const sentence: Column = ["primary claim", ({ primary }) => primary?.sentence ?? "–", true];

const measured: readonly Column[] = [
  ["right − left, 95 % interval", claimDifference],
  ["left side", ({ lower }) => sideText(lower)],
  ["right side", ({ higher }) => sideText(higher)],
];

const paper: Column = ["paper", (claim) => claim.paper, true];

/** Columns of primary claims, with outcomes where they have them, or of secondary ones. */
function columnsFor(claims: readonly JudgedClaim[]): readonly Column[] {
  if (claims.every(({ primary }) => primary === null)) {
    const varying = about.filter(([, cell]) => new Set(claims.map(cell)).size > 1);
    const tests: readonly Column[] = [
      ["p", ({ p }) => pValue(p)],
      ["q", ({ q }) => pValue(q)],
    ];
    return [...varying, ["comparison", claimText, true], ...measured, ...tests, paper];
  }
  const isJudged = claims.some((claim) => claim.outcome !== null);
  const judged: readonly Column[] = isJudged ? [outcome] : [];
  const holm: readonly Column[] = isJudged
    ? [["p, Holm", ({ adjustedP }) => pValue(adjustedP)]]
    : [];
  return [sentence, ...judged, ["measured", claimText, true], ...measured, ...holm, paper];
}

/** Headings and cells of a table of claims, all primary or all secondary, as text; the columns of running text by index. */
export function claimCells(claims: readonly JudgedClaim[]) {
  const columns = columnsFor(claims);
  return {
    head: columns.map(([name]) => name),
    body: claims.map((claim) => columns.map(([, cell]) => cell(claim))),
    text: columns.flatMap(([, , isText], i) => (isText ? [i] : [])),
  };
}

/**
 * The claims as tables of plain text, or as records where they are too wide: the primary ones, then the secondary ones. JSON is
 * the judgement itself.
 */
export function claimsText(
  judgement: Pick<Judgement, "claims">,
  options: Pick<TextTableOptions, "columns"> = {},
): string {
  const { columns, ...rest } = optionsOf("claimsText", options);
  refuseUnknown("claimsText", rest);
  having("claimsText", "judgement", judgement, "claims");
  return [primariesOf(judgement), secondariesOf(judgement)]
    .filter(({ length }) => length > 0)
    .map((claims) => {
      const { head, body } = claimCells(claims);
      return textRecords([head, ...body], { columns });
    })
    .join("\n\n");
}

/** Claims, all primary or all secondary, as a table for a page; below it the causes where an outcome is not as claimed. */
export function claimsHtml({ claims }: Pick<Judgement, "claims">): Html {
  if (claims.length === 0) return html``;
  const { head, body, text } = claimCells(claims);
  const at = head.indexOf("outcome");
  const marked = (row: readonly Cell[], i: number) => {
    const own = claims[i]!.outcome;
    return own === null || at < 0 ? row : row.with(at, verdict(standings[own], own));
  };
  const causes = claims.flatMap((claim) =>
    claim.cause === "" ? [] : [html`<li>${claimText(claim)}: ${claim.cause}.</li>`],
  );
  return html`${table(head, body.map(marked), { text })}${
    causes.length > 0 &&
    html`<details><summary>Likely causes of differences from the paper</summary><ul>${causes}</ul></details>`
  }`;
}

const outcomes: readonly Outcome[] = ["as claimed", "opposite", "equal", "undecided"];

/** "3 as claimed, 1 undecided" */
function counted(claims: readonly JudgedClaim[]): string {
  const counts = outcomes.map((own) => [
    own,
    claims.filter((claim) => claim.outcome === own).length,
  ]);
  return counts.flatMap(([own, count]) => (count ? [`${count} ${own}`] : [])).join(", ");
}

/** How the primary claims were named, in a sentence: nothing where all were before the run. */
function namingText(primaries: readonly JudgedClaim[]): string {
  const after = primaries.filter(({ primary }) => primary?.named === "after the run").length;
  if (after === 0) return "";
  const all = primaries.length === 1 ? "It" : "They";
  const which = after === primaries.length ? all : `${after} of them`;
  return ` ${which} ${after === 1 ? "was" : "were"} named after the run, in the order of the abstract.`;
}

/** A sentence on the primary claims: "Of 4 primary claims: 2 as claimed, 1 opposite, 1 undecided." */
export function claimsSummary(judgement: Pick<Judgement, "claims">): string {
  having("claimsSummary", "judgement", judgement, "claims");
  const primaries = primariesOf(judgement);
  if (primaries.length === 0) return "There is no primary claim, so nothing is judged.";
  if (primaries.every((claim) => claim.outcome === null))
    return "Effects are shown without verdicts: this size is too small to decide anything.";
  const [first] = primaries;
  if (primaries.length === 1)
    return `The one primary claim is ${first!.outcome}.${namingText(primaries)}`;
  return `Of ${primaries.length} primary claims: ${counted(primaries)}.${namingText(primaries)}`;
}
