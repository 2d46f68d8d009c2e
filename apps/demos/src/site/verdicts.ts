import { readFileSync } from "node:fs";
import type { JudgedClaim } from "@deepgrain/lab";
import { claimDetails, primariesOf } from "@deepgrain/lab";
import type { PaperVerdicts } from "@deepgrain/studies/shared/verdicts";
import { decimal } from "@deepgrain/support/pages";

/** A study's findings on a paper's primary claims. */
export interface Findings {
  claims: readonly JudgedClaim[];
  /** Of the recording; a claim may stand on fewer. */
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

/** "2 as claimed, 1 undecided", and that a gate is not met where one is not */
export function summaryOf({ claims }: Findings): string {
  const counts = new Map<string, number>();
  for (const { outcome } of claims) counts.set(outcome!, (counts.get(outcome!) ?? 0) + 1);
  const order = Object.keys(standings).filter((outcome) => counts.has(outcome));
  const counted = order.map((outcome) => `${counts.get(outcome)} ${outcome}`).join(", ");
  const gate = claims.find((claim) => claim.gate)?.gate;
  return gate ? `${counted}; gate ${gate}` : counted;
}

/** The claim that stands for a paper: the first of its abstract's results, not of its analyses. */
export const leadingClaim = ({ claims }: Findings): JudgedClaim =>
  claims.find(({ primary }) => !primary!.isAnalysis) ?? claims[0]!;

/** Whole names of what recordings have for short. */
const whole: Record<string, string> = {
  "ASR, %": "attack success rate, %",
  "W-F": "weighted F1",
  FFT: "full fine-tuning",
  M: "law in FLOPs per token",
  mix: "trained on code, mathematics and prose",
  "prose, before": "trained on prose",
  "GCN, CE": "graph network",
  "GCN, CE + ReNode": "graph network with ReNode",
};

export const wholeName = (name: string): string => whole[name] ?? name;

/** "FedAvg 74.77 against RedGrape 79.05"; a side that is a number stands by itself. */
export const sidesOf = ({ lower, higher }: JudgedClaim): string =>
  [lower, higher]
    .map(({ subject, mean }) => {
      if (mean === null) return `${wholeName(subject)} –`;
      return subject === String(mean) ? subject : `${wholeName(subject)} ${decimal(mean)}`;
    })
    .join(" against ");

/** "lower is better; paper: 1.808 = 1.808; here DeepSeekMoE 1.446 against GShard×1.5 1.454" below a picture. */
export function pictureNote(claim: JudgedClaim): string {
  const { better, lower, paper } = claim;
  const direction = better ? `${better} is better` : `claimed: ${lower.subject} is lower`;
  return `${direction}; paper: ${paper}; here ${sidesOf(claim)}`;
}

/** Why a claim is undecided, in a few words. */
function whyOpen(claim: JudgedClaim): string {
  const { failures, relation, p, difference } = claim;
  if (failures.length > 0) return "a side lacks a number at some seeds";
  if (p !== null && p <= 0.05) return "decided alone, but not among all claims";
  if (relation === "<" && difference.interval && difference.interval[1] < 0)
    return "it goes against the claim, but perhaps by less than the margin";
  return `the interval over ${claimDetails(claim).seeds} holds ${relation === "≤" ? "−margin" : "0"}`;
}

/** "Open: “It is more robust” (the interval of 8 seeds holds 0)", or that nothing is. */
export function openText({ claims }: Findings): string {
  const open = claims.filter(({ outcome }) => outcome === "undecided");
  if (open.length === 0) return "Nothing is open.";
  const parts = [...new Set(open.map(whyOpen))].map((why) => {
    const own = open.filter((claim) => whyOpen(claim) === why);
    return `${own.map(({ primary }) => `“${primary!.sentence}”`).join(", ")} (${why})`;
  });
  return `Open: ${parts.join("; ")}.`;
}
