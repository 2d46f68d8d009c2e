import type { Estimate } from "../../experiments/judging/paired-statistics";
import { textTable } from "../../experiments/judging/text-table";
import { signed } from "../../report/numbers";
import { measureNames } from "./claims";
import type { Judged } from "./judge-claims";
import { variants } from "./variants";

/** 2.134 ± 0.012 */
export function plusMinus({ mean, standardError }: Estimate, digits = 3): string {
  const centre = mean.toFixed(digits).replace("-", "−");
  return standardError === null ? centre : `${centre} ± ${standardError.toFixed(digits)}`;
}

const nameOf = (id: string) => variants.find((variant) => variant.id === id)!.name;

/** What a claim says: "loss: GShard < Switch". */
export function claimText({ lower, higher, isEqual }: Judged): string {
  const sign = isEqual ? "=" : "<";
  if (lower.variant === higher.variant)
    return `${nameOf(lower.variant)}: ${measureNames[lower.measure]} ${sign} ${measureNames[higher.measure]}`;
  return `${measureNames[lower.measure]}: ${nameOf(lower.variant)} ${sign} ${nameOf(higher.variant)}`;
}

/** Headings and cells of the table of orderings. */
export function claimCells(judged: readonly Judged[]): { head: string[]; body: string[][] } {
  return {
    head: ["", "ordering", "lower", "higher", "difference", "95 % interval", "paper", "verdict"],
    body: judged.map((claim) => {
      const { interval } = claim.difference;
      return [
        claim.experiment,
        claimText(claim),
        plusMinus(claim.lower),
        plusMinus(claim.higher),
        plusMinus(claim.difference),
        interval ? `${signed(interval[0])} to ${signed(interval[1])}` : "–",
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
