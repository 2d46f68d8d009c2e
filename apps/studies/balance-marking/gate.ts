import type { Gate } from "@deepgrain/lab";
import { frontiersOf } from "./frontier";
import { type ComparedRow, type ComparisonSettings, EQUAL_RATIO } from "./recipe";

/** What shows that the bonuses reach where text is worsened: measured on the rival alone, on seeds that no recording uses. */
export const gates: readonly Gate<ComparedRow, ComparisonSettings>[] = [
  {
    measure: "largest perplexity ratio of vanilla marking in the grid of bonuses",
    least: EQUAL_RATIO,
    read(runs) {
      const { vanilla } = frontiersOf(runs);
      return vanilla ? Math.max(...vanilla.map(({ perplexityRatio }) => perplexityRatio)) : null;
    },
    tried: [],
  },
];
