import type { Gate } from "@deepgrain/lab";
import { frontiersOf } from "./frontier";
import { type ComparedRow, type ComparisonSettings, EQUAL_RATIO } from "./recipe";

/** The bonuses have to reach where text is worsened: measured on the rival alone, on seeds that no recording uses. */
export const gates: readonly Gate<ComparedRow, ComparisonSettings>[] = [
  {
    measure: "largest perplexity ratio of vanilla marking in the grid of bonuses",
    least: EQUAL_RATIO,
    read(runs) {
      const { vanilla } = frontiersOf(runs);
      return vanilla ? Math.max(...vanilla.map(({ perplexityRatio }) => perplexityRatio)) : null;
    },
    tried: [
      {
        setting: "32 texts per bonus",
        seeds: [101, 102, 103],
        value: 1.3379997381530224,
        commit: "8c577129445c8ffd52d50138543aee95f8d9262a",
      },
      {
        setting: "20 texts, for the time",
        seeds: [101, 102, 103],
        value: 1.2897076721629277,
        commit: "023616a97d57764b7d5bf8685afa2a245985fa0d",
      },
    ],
  },
];
