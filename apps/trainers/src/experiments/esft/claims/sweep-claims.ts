import { rankId, thresholdId } from "../methods";
import { type Measure, measureNames, type Quantity, tuned } from "../quantities";
import type { EsftSettings } from "../settings";
import type { Claim } from "./claim";

/** The ends and the middle of a sweep, where it has them. */
export function sweepClaims(settings: EsftSettings): Claim[] {
  const ps = [...new Set([...settings.sweepP, settings.tokenP])].sort((a, b) => a - b);
  const ranks = [...new Set([...settings.sweepRanks, settings.loraRank])].sort((a, b) => a - b);
  const token = (p: number, measure: Measure) =>
    tuned(thresholdId(p, settings), `p = ${p}`, measure, null);
  const lora = (rank: number, measure: Measure) =>
    tuned(rankId(rank, settings), `rank ${rank}`, measure, null);
  const [least, most] = [ps[0]!, ps.at(-1)!];
  const [low, high] = [ranks[0]!, ranks.at(-1)!];
  const middle = ps.find((p) => p >= 0.5 && p < most);
  const row = (
    scope: string,
    measure: Measure,
    lower: Quantity,
    higher: Quantity,
    paper: string,
  ): Claim => ({ experiment: "B-5", scope, measure: measureNames[measure], lower, higher, paper });
  return [
    ...(least < most
      ? [
          row(
            "threshold",
            "loss",
            token(most, "loss"),
            token(least, "loss"),
            "a figure only: rises, then saturates",
          ),
          row(
            "threshold",
            "forgetting",
            token(least, "forgetting"),
            token(most, "forgetting"),
            "a figure only: general ability falls with p",
          ),
        ]
      : []),
    ...(middle === undefined
      ? []
      : [
          {
            ...row(
              "threshold",
              "loss",
              token(most, "loss"),
              token(middle, "loss"),
              "best at 0.5, saturated from 0.2",
            ),
            isEqual: true,
          },
        ]),
    ...(low < high
      ? [
          row("rank", "loss", lora(high, "loss"), lora(low, "loss"), "a figure only"),
          row(
            "rank",
            "forgetting",
            lora(low, "forgetting"),
            lora(high, "forgetting"),
            "a figure only",
          ),
        ]
      : []),
  ];
}
