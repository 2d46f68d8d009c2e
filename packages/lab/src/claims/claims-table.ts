import type { Bounds, Cell, Standing } from "@deepgrain/support/pages";
import {
  folded,
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
import { confidenceInterval } from "../statistics/paired-difference";
import { claimDetails, claimDifference, claimText } from "./claim-text";
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

/** The ends of what measures can be, by their names. */
export type MeasureBounds = ReadonlyMap<string, Bounds>;

/** The mean of a side with its 95 % interval. */
function sideText({ measure, mean, standardError, seeds }: JudgedSide, bounds: MeasureBounds) {
  if (mean === null) return "–";
  const interval = confidenceInterval({ mean, standardError, seeds });
  return spread({ mean, interval }, bounds.get(measure));
}

/** The difference between the sides of a claim: their methods, or two measures of one method. */
const namesOf = ({ lower, higher }: JudgedClaim): readonly [lower: string, higher: string] =>
  lower.subject === higher.subject
    ? [lower.measure, higher.measure]
    : [lower.subject, higher.subject];

type Column = [name: string, cell: (claim: JudgedClaim) => string, isText?: true];

/** Columns where not all claims have the same. */
const about: readonly Column[] = [
  ["exp.", ({ experiment }) => experiment],
  ["scope", ({ scope }) => scope, true],
];

const outcome: Column = ["outcome", (claim) => claim.outcome ?? "–", true];
const sentence: Column = ["primary claim", ({ primary }) => primary?.sentence ?? "–", true];
const paper: Column = ["paper", (claim) => claim.paper, true];

const MEASURED = "measured";

/** The measure of a claim, without its sides. */
function measureText({ lower, higher, relation, margin }: JudgedClaim): string {
  const within = { "<": "", "≤": `, no worse within ${margin}`, "=": `, equal within ±${margin}` }[
    relation
  ];
  return `${lower.measure === higher.measure ? lower.measure : lower.subject}${within}`;
}

/** Columns of sides whose methods differ from claim to claim. */
const SIDES: readonly string[] = ["expected lower", "expected higher"];

/** The sides of claims and their difference, under the methods' names where all claims are about the same two. */
function measuredColumns(claims: readonly JudgedClaim[], bounds: MeasureBounds): Column[] {
  const pairs = new Map(claims.map((claim) => [namesOf(claim).join("\n"), namesOf(claim)]));
  const [first] = pairs.values();
  const [low = "", high = ""] = pairs.size === 1 ? first! : SIDES;
  const difference = pairs.size === 1 ? `${high} − ${low}` : "higher − lower";
  const isPrimary = claims.every(({ primary }) => primary !== null);
  return [
    [
      `${difference}, ${isPrimary ? "interval" : "95 % interval"}`,
      (claim) => claimDifference(claim, bounds.get(claim.lower.measure)),
    ],
    [low, ({ lower }) => sideText(lower, bounds)],
    [high, ({ higher }) => sideText(higher, bounds)],
  ];
}

/** Columns of primary claims, with outcomes where they have them, or of secondary ones. */
function columnsFor(claims: readonly JudgedClaim[], bounds: MeasureBounds): readonly Column[] {
  const measured = measuredColumns(claims, bounds);
  if (claims.every(({ primary }) => primary === null)) {
    const varying = about.filter(([, cell]) => new Set(claims.map(cell)).size > 1);
    const tests: readonly Column[] = [
      ["p", ({ p }) => pValue(p)],
      ["q", ({ q }) => pValue(q)],
    ];
    return [["comparison", claimText, true], ...varying, ...measured, ...tests, paper];
  }
  const isJudged = claims.some((claim) => claim.outcome !== null);
  const judged: readonly Column[] = isJudged ? [outcome] : [];
  const holm: readonly Column[] = isJudged
    ? [["p, Holm", ({ adjustedP }) => pValue(adjustedP)]]
    : [];
  const scope = about.filter(([name]) => name === "scope" && claims.some((claim) => claim.scope));
  const isNamed = claims.some((claim) => claimDetails(claim).naming !== "");
  const naming: Column = ["named", (claim) => claimDetails(claim).naming || "before the run", true];
  return [
    sentence,
    ...judged,
    ...measured,
    [MEASURED, claimText, true],
    ...scope,
    ["seeds", (claim) => claimDetails(claim).seeds.replace(/ .*/, "")],
    ...holm,
    ...(isNamed ? [naming] : []),
    ["paper", (claim) => claimDetails(claim).paper, true],
  ];
}

const NO_BOUNDS: MeasureBounds = new Map();

/**
 * Headings and cells of a table of claims, all primary or all secondary, as text; the columns of running text by index. Columns are
 * named by the methods where all claims compare the same two.
 */
export function claimCells(claims: readonly JudgedClaim[], bounds = NO_BOUNDS) {
  const columns = columnsFor(claims, bounds);
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

/** A table of claims for a page: verdicts in their colours, and the method's name with every number whose column does not name it. */
function claimsTable(claims: readonly JudgedClaim[], bounds: MeasureBounds): Html {
  const { head, body, text } = claimCells(claims, bounds);
  const cellOf = (cell: string, column: number, claim: JudgedClaim): Cell => {
    const side = SIDES.indexOf(head[column]!);
    if (side >= 0) {
      const name = namesOf(claim)[side]!; // "0.5" is a number that is compared with, and says all
      const isNumber = Number.isFinite(Number(name));
      return isNumber ? name : html`<span class="who">${name}</span> ${cell}`;
    }
    if (head[column] === MEASURED && head.includes(SIDES[0]!)) return measureText(claim);
    const { outcome: own } = claim;
    return own !== null && head[column] === "outcome" ? verdict(standings[own], own) : cell;
  };
  const rows = body.map((row, i) => row.map((cell, column) => cellOf(cell, column, claims[i]!)));
  return table(head, rows, { text });
}

/** Claims by what their sides are, a table each; all in one table where many would have a single row. */
function byPair(claims: readonly JudgedClaim[]): (readonly JudgedClaim[])[] {
  const groups = new Map<string, JudgedClaim[]>();
  for (const claim of claims) {
    const names = namesOf(claim).join("\n");
    groups.set(names, [...(groups.get(names) ?? []), claim]);
  }
  return [...groups.values()].every(({ length }) => length > 1) ? [...groups.values()] : [claims];
}

/**
 * Claims, all primary or all secondary, as tables for a page; below them the causes where an outcome is not as claimed.
 * @param bounds of the measures that have them: intervals are cut off there
 */
export function claimsHtml(
  { claims }: Pick<Judgement, "claims">,
  bounds: MeasureBounds = NO_BOUNDS,
): Html {
  if (claims.length === 0) return html``;
  const causes = claims.flatMap((claim) =>
    claim.cause === "" ? [] : [html`<li>${claimText(claim)}: ${claim.cause}.</li>`],
  );
  const isPrimary = claims.some(({ primary }) => primary !== null);
  const tables = (isPrimary ? [claims] : byPair(claims)).map((own) => claimsTable(own, bounds));
  return html`${tables}${
    causes.length > 0 &&
    folded("Likely causes of differences from the paper", html`<ul>${causes}</ul>`)
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
