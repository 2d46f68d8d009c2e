import { type Html, html } from "../report/html";
import { decimal, pValue, spread } from "../report/numbers";
import { table } from "../report/table";
import { type JudgedClaim, type Judgement, verdictNames } from "./verdict";

/** What a claim says: "loss: Adam < SGD", or "loss: A = B (±0.02)" for an equality. */
export function claimText({ lower, higher, equivalence }: JudgedClaim): string {
  const sign = equivalence ? "=" : "<";
  const margin = equivalence ? ` (±${equivalence.margin})` : "";
  const text =
    lower.measure === higher.measure
      ? `${lower.measure}: ${lower.subject} ${sign} ${higher.subject}`
      : lower.subject === higher.subject
        ? `${lower.subject}: ${lower.measure} ${sign} ${higher.measure}`
        : `${lower.measure} of ${lower.subject} ${sign} ${higher.measure} of ${higher.subject}`;
  return `${text}${margin}`;
}

/** The interval that decides: 95 %, or 90 % for an equality. */
function differenceText({ difference, equivalence }: JudgedClaim): string {
  const { interval } = equivalence ?? difference;
  if (!interval) return decimal(difference.mean);
  const [low, high] = interval.map(decimal);
  return `${decimal(difference.mean)} (${low} to ${high}${equivalence ? ", 90 %" : ""})`;
}

interface Column {
  name: string;
  cell(claim: JudgedClaim): string;
  /** Whether the cells are running text. */
  isText?: boolean;
}

const columns: readonly Column[] = [
  { name: "claim", cell: claimText, isText: true },
  { name: "verdict", cell: ({ outcome }) => verdictNames[outcome], isText: true },
  { name: "difference, 95 % interval", cell: differenceText },
  { name: "lower", cell: ({ lower }) => spread(lower) },
  { name: "higher", cell: ({ higher }) => spread(higher) },
  { name: "p, Holm", cell: ({ adjustedP }) => pValue(adjustedP) },
  { name: "paper", cell: ({ paper }) => paper, isText: true },
];

/** Experiment and scope have columns where not all claims have the same. */
function columnsFor(claims: readonly JudgedClaim[]): readonly Column[] {
  const varies = (cell: Column["cell"]) => new Set(claims.map(cell)).size > 1;
  const own: Column[] = [
    { name: "", cell: ({ experiment }) => experiment },
    { name: "of", cell: ({ scope }) => scope, isText: true },
  ];
  return [...own.filter(({ cell }) => varies(cell)), ...columns];
}

/** Headings and cells of a table of claims, as text. */
export function claimCells(claims: readonly JudgedClaim[]): { head: string[]; body: string[][] } {
  const shown = columnsFor(claims);
  return {
    head: shown.map(({ name }) => name),
    body: claims.map((claim) => shown.map(({ cell }) => cell(claim))),
  };
}

/** A table of plain text, its columns aligned. @param lines cells of the heading and of each row */
export function textTable(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const pad = (line: readonly string[]) => line.map((cell, i) => cell.padEnd(widths[i]!));
  return lines.map((line) => pad(line).join("  ").trimEnd()).join("\n");
}

/** The claims as a table of plain text, for terminals. JSON is the judgement itself. */
export function claimsText({ claims }: Pick<Judgement, "claims">): string {
  const { head, body } = claimCells(claims);
  return textTable([head, ...body]);
}

/** The claims as a table for a page, below it the causes where the outcome is not as published. */
export function claimsHtml({ claims }: Pick<Judgement, "claims">): Html {
  if (claims.length === 0) return html``;
  const { head, body } = claimCells(claims);
  const text = columnsFor(claims).flatMap(({ isText }, i) => (isText ? [i] : []));
  const causes = claims.filter(({ cause }) => cause !== "");
  const about = (claim: JudgedClaim) =>
    [claim.experiment, claim.scope, claimText(claim)].filter(Boolean).join(", ");
  return html`${table(head, body, { text })}${
    causes.length > 0 &&
    html`<details><summary>Likely causes where it is not as published</summary><ul>${causes.map(
      (claim) => html`<li>${about(claim)}: ${claim.cause}.</li>`,
    )}</ul></details>`
  }`;
}

/** One sentence on all claims: "Of 3 claims, 1 is resolved as published, 1 reversed and 1 not resolved." */
export function claimsSummary({ claims, correction }: Judgement): string {
  if (claims.length === 0) return "No claim could be judged.";
  const count = (...outcomes: readonly JudgedClaim["outcome"][]) =>
    claims.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const rule =
    correction === "holm"
      ? "Verdicts hold together: p is corrected for all claims by Holm's method."
      : "Each claim is judged alone; of twenty true zero differences, one would count as resolved by chance.";
  return `Of ${claims.length} claims, ${count("resolved", "equal")} came out as published, ${count("reversed", "different")} otherwise, ${count("not resolved")} not resolved. ${rule}`;
}
