import { readFileSync } from "node:fs";
import type { JudgedClaim } from "@deepgrain/lab";
import { primariesOf } from "@deepgrain/lab";
import type { PaperVerdicts } from "@deepgrain/studies/shared/verdicts";

/** A study's findings on a paper's primary claims. */
export interface Findings {
  claims: readonly JudgedClaim[];
  seeds: number;
  command: string;
  /** That it was run at. */
  commits: readonly string[];
}

/** The findings of a study's main recording. @param study folder of `apps/studies` */
export function findingsOf(study: string): Findings {
  const file = new URL(`../../../studies/${study}/verdicts.json`, import.meta.url);
  const { recordings } = JSON.parse(readFileSync(file, "utf8")) as PaperVerdicts;
  const main = recordings[0]!;
  return {
    claims: primariesOf(main),
    seeds: main.seeds.length,
    command: main.command,
    commits: main.commits,
  };
}

const standings = {
  "as claimed": "good",
  opposite: "bad",
  equal: "open",
  undecided: "open",
} as const;
const marks = { good: "✓", bad: "✗", open: "○" } as const;

/** An outcome's class and its mark, so that no colour stands alone. */
export const lookOf = (outcome: keyof typeof standings) => {
  const standing = standings[outcome];
  return { standing, mark: marks[standing] };
};

/** "2 as claimed, 1 undecided" */
export function summaryOf({ claims }: Findings): string {
  const counts = new Map<string, number>();
  for (const { outcome } of claims) counts.set(outcome!, (counts.get(outcome!) ?? 0) + 1);
  const order = Object.keys(standings).filter((outcome) => counts.has(outcome));
  return order.map((outcome) => `${counts.get(outcome)} ${outcome}`).join(", ");
}
