import { type Claim, measure } from "@deepgrain/lab";
import type { ComparedRow } from "./recipe";

/** exp of the mean difference of log-perplexities, marked against unmarked texts. */
export const perplexityRatio = measure(
  "perplexity ratio",
  (row: ComparedRow) => row.perplexityRatio,
);

const paper = "better text quality at the same rate of success";

/**
 * The paper's claims about Balance-Marking against vanilla marking. The other schemes are measured as well.
 * @see Wang et al. 2024 (arXiv 2307.15992)
 */
export const claims: readonly Claim<ComparedRow>[] = [
  { lower: perplexityRatio("balance-same-model"), higher: perplexityRatio("ctwl-vanilla"), paper },
  { lower: perplexityRatio("balance-ngram"), higher: perplexityRatio("ctwl-vanilla"), paper },
];
