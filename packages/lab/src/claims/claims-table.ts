import {
  type Cell,
  decimals,
  type Html,
  html,
  pValue,
  type Standing,
  spread,
  type TextTableOptions,
  table,
  textRecords,
  verdict,
} from "@deepgrain/support/pages";
import type { JudgedClaim, Judgement, Outcome } from "./verdict";

/** A verdict in words, for tables. */
export const verdictNames: Readonly<Record<Outcome, string>> = {
  resolved: "resolved",
  reversed: "reversed",
  "not resolved": "not resolved",
  equal: "equal",
  different: "different",
};

const standings: Readonly<Record<Outcome, Standing>> = {
  resolved: "good",
  equal: "good",
  reversed: "bad",
  different: "bad",
  "not resolved": "open",
};

/** What a claim says: "loss: Adam < SGD", or "loss: A = B (±0.02)" for an equality. */
export function claimText({ lower, higher, equivalence }: JudgedClaim): string {
  const [sign, margin] = equivalence ? ["=", ` (±${equivalence.margin})`] : ["<", ""];
  if (lower.measure === higher.measure)
    return `${lower.measure}: ${lower.subject} ${sign} ${higher.subject}${margin}`;
  if (lower.subject === higher.subject)
    return `${lower.subject}: ${lower.measure} ${sign} ${higher.measure}${margin}`;
  return `${lower.measure} of ${lower.subject} ${sign} ${higher.measure} of ${higher.subject}${margin}`;
}

/** The interval that decides: 95 %, or 90 % for an equality. */
function differenceText({ difference, equivalence }: JudgedClaim): string {
  const { interval } = equivalence ?? difference;
  const [mean, low, high] = decimals([difference.mean, ...(interval ?? [])]);
  return interval ? `${mean} (${low} to ${high}${equivalence ? ", 90 %" : ""})` : mean!;
}

type Column = [name: string, cell: (claim: JudgedClaim) => string, isText?: true];

/** Columns where not all claims have the same. */
const about: readonly Column[] = [
  ["exp.", ({ experiment }) => experiment],
  ["scope", ({ scope }) => scope, true],
];

const measured: readonly Column[] = [
  ["claim", claimText, true],
  ["verdict", ({ outcome }) => verdictNames[outcome], true],
  ["right − left, 95 % interval", differenceText],
  ["left side", ({ lower }) => spread(lower)],
  ["right side", ({ higher }) => spread(higher)],
  ["p, Holm", ({ adjustedP }) => pValue(adjustedP)],
  ["paper", ({ paper }) => paper, true],
];

/** Headings and cells of a table of claims, as text, and the columns of running text by index. */
export function claimCells(claims: readonly JudgedClaim[]) {
  const varying = about.filter(([, cell]) => new Set(claims.map(cell)).size > 1);
  const columns = [...varying, ...measured];
  return {
    head: columns.map(([name]) => name),
    body: claims.map((claim) => columns.map(([, cell]) => cell(claim))),
    text: columns.flatMap(([, , isText], i) => (isText ? [i] : [])),
  };
}

/** The claims as a table of plain text, or as records where it is too wide. JSON is the judgement itself. */
export function claimsText(
  { claims }: Pick<Judgement, "claims">,
  options: TextTableOptions = {},
): string {
  const { head, body } = claimCells(claims);
  return textRecords([head, ...body], options);
}

/** The claims as a table for a page, below it the causes where the outcome is not as published. */
export function claimsHtml({ claims }: Pick<Judgement, "claims">): Html {
  if (claims.length === 0) return html``;
  const { head, body, text } = claimCells(claims);
  const at = head.indexOf("verdict");
  const marked = (row: readonly Cell[], i: number) =>
    row.with(at, verdict(standings[claims[i]!.outcome], verdictNames[claims[i]!.outcome]));
  const causes = claims.flatMap((claim) => {
    const place = [claim.experiment, claim.scope, claimText(claim)].filter(Boolean).join(", ");
    return claim.cause === "" ? [] : [html`<li>${place}: ${claim.cause}.</li>`];
  });
  return html`${table(head, body.map(marked), { text })}${
    causes.length > 0 &&
    html`<details><summary>Likely causes of differences from the paper</summary><ul>${causes}</ul></details>`
  }`;
}

/** A sentence on all claims: "Of 4 claims, 2 came out as claimed, 1 the other way, 1 is not resolved." */
export function claimsSummary({ claims, correction }: Judgement): string {
  if (claims.length === 0) return "No claim could be judged.";
  const count = (...outcomes: readonly Outcome[]) =>
    claims.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const rule =
    correction === "holm"
      ? "p-values are Holm-corrected over all claims."
      : "Each claim is judged alone; of twenty true zero differences, one would count as resolved by chance.";
  const [right, wrong, open] = [
    count("resolved", "equal"),
    count("reversed", "different"),
    count("not resolved"),
  ];
  const parts = [
    `${right} came out as claimed`,
    wrong > 0 && `${wrong} the other way`,
    open > 0 && `${open} ${open === 1 ? "is" : "are"} not resolved`,
  ];
  if (claims.length === 1) {
    const what = right
      ? "came out as claimed"
      : wrong
        ? "came out the other way"
        : "is not resolved";
    return `The one claim tested ${what}.`;
  }
  return `Of ${claims.length} claims, ${parts.filter(Boolean).join(", ")}. ${rule}`;
}
