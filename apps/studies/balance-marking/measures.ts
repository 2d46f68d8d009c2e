import { measure } from "@deepgrain/lab";
import type { ComparedRow } from "./recipe";

/** exp of the mean difference of log-perplexities, marked against unmarked texts. */
export const perplexityRatio = measure(
  "perplexity ratio",
  (row: ComparedRow) => row.perplexityRatio,
);

/** Time of marking a token, without the writing model. */
export const writing = measure("writing, µs/token", (row: ComparedRow) => row.encodeMicros);
