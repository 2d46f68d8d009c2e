import type { Estimate } from "../../experiments/judging/paired-statistics";
import { textTable } from "../../experiments/judging/text-table";
import type { Judged } from "./judge-claims";

/** 12, 1.23 or 0.0123: about four digits. */
function digits(x: number): string {
  const size = Math.abs(x);
  if (size >= 1000) return x.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return size >= 100 ? x.toFixed(1) : x.toFixed(size >= 10 ? 2 : 3);
}

/** A number with a real minus sign. */
const shown = (x: number): string => digits(x).replace("-", "−");

/** 2.134 ± 0.012, or the number alone where nothing varies. */
export const spread = ({ mean, standardError }: Estimate): string =>
  standardError ? `${shown(mean)} ± ${digits(standardError)}` : shown(mean);

/** What a claim says: "task loss: ESFT-Token < FFT". */
export const claimText = ({ measure, lower, higher, verdict }: Judged): string => {
  const isEqual = verdict === "no difference, as published" || verdict === "resolved: they differ";
  return `${measure}: ${lower.name} ${isEqual ? "=" : "<"} ${higher.name}`;
};

/** Headings and cells of the table of orderings. */
export function claimCells(judged: readonly Judged[]): { head: string[]; body: string[][] } {
  return {
    head: [
      "",
      "of",
      "ordering",
      "lower",
      "higher",
      "difference, 95 % interval",
      "paper",
      "verdict",
    ],
    body: judged.map((claim) => {
      const { interval } = claim.difference;
      return [
        claim.experiment,
        claim.scope,
        claimText(claim),
        spread(claim.lower),
        spread(claim.higher),
        interval
          ? `${shown(claim.difference.mean)} (${shown(interval[0])} to ${shown(interval[1])})`
          : shown(claim.difference.mean),
        claim.paper,
        claim.verdict,
      ];
    }),
  };
}

/** The orderings as a table of plain text. */
export function claimsTable(judged: readonly Judged[]): string {
  const { head, body } = claimCells(judged);
  return textTable([head, ...body]);
}
