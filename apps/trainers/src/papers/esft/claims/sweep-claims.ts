import { rankId, thresholdId } from "../methods";
import { comparedMarks, comparedRetention } from "../paper-marks";
import { type Measure, measureNames, type Quantity, tuned } from "../quantities";
import type { EsftSettings } from "../settings";
import type { Claim } from "./claim";

const A_FIGURE = "a figure only";

const row = (
  scope: string,
  measure: Measure,
  lower: Quantity,
  higher: Quantity,
  paper: string,
): Claim => ({ experiment: "B-5", scope, measure: measureNames[measure], lower, higher, paper });

const token = (p: number, measure: Measure, settings: EsftSettings) =>
  tuned(thresholdId(p, settings), `p = ${p}`, measure, null);

const lora = (rank: number, measure: Measure, settings: EsftSettings) =>
  tuned(rankId(rank, settings), `rank ${rank}`, measure, null);

const inOrder = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

function thresholdClaims(settings: EsftSettings): Claim[] {
  const ps = inOrder([...settings.sweepP, settings.tokenP]);
  const [least, most] = [ps[0]!, ps.at(-1)!];
  if (least === most) return [];
  const of = (p: number, measure: Measure) => token(p, measure, settings);
  const middle = ps.find((p) => p >= 0.5 && p < most);
  const claims = [
    row(
      "threshold",
      "loss",
      of(most, "loss"),
      of(least, "loss"),
      `${A_FIGURE}: rises, then saturates`,
    ),
    row(
      "threshold",
      "forgetting",
      of(least, "forgetting"),
      of(most, "forgetting"),
      `${A_FIGURE}: general ability falls with p`,
    ),
  ];
  if (middle === undefined) return claims;
  const paper = "best at 0.5, saturated from 0.2";
  const saturation = row("threshold", "loss", of(most, "loss"), of(middle, "loss"), paper);
  return [...claims, { ...saturation, isEqual: true }];
}

function rankClaims(settings: EsftSettings): Claim[] {
  const ranks = inOrder([...settings.sweepRanks, settings.loraRank]);
  const [low, high] = [ranks[0]!, ranks.at(-1)!];
  if (low === high) return [];
  const of = (rank: number, measure: Measure) => lora(rank, measure, settings);
  return [
    row("rank", "loss", of(high, "loss"), of(low, "loss"), A_FIGURE),
    row("rank", "forgetting", of(low, "forgetting"), of(high, "forgetting"), A_FIGURE),
  ];
}

/** The rank of B-3 is the paper's, but on small matrices it trains more weights than ESFT; the lowest rank trains fewer. */
function lowRankClaims(settings: EsftSettings): Claim[] {
  const low = Math.min(...settings.sweepRanks, settings.loraRank);
  if (low === settings.loraRank) return [];
  const papers = {
    loss: comparedMarks("esft-token", "lora", "all"),
    forgetting: comparedRetention("esft-token", "lora"),
  };
  return (["loss", "forgetting"] as const).map((measure) => {
    const own = { ...token(settings.tokenP, measure, settings), name: "ESFT-Token" };
    const other = { ...lora(low, measure, settings), name: `LoRA, rank ${low}` };
    const ifReversed = "LoRA of so low a rank learns less and forgets less";
    return { ...row("fewer weights", measure, own, other, papers[measure]), ifReversed };
  });
}

/** The ends and the middle of a sweep, where it has them, and ESFT beside LoRA of fewer weights. */
export const sweepClaims = (settings: EsftSettings): Claim[] => [
  ...thresholdClaims(settings),
  ...rankClaims(settings),
  ...lowRankClaims(settings),
];
