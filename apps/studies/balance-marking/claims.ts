import { type Claim, measure, type Primary } from "@deepgrain/lab";
import type { ComparedRow } from "./recipe";

/** exp of the mean difference of log-perplexities, marked against unmarked texts. */
export const perplexityRatio = measure(
  "perplexity ratio",
  (row: ComparedRow) => row.perplexityRatio,
);

/** Share of texts read to the last bit after a share of their tokens was replaced. */
export const right = (replaced: number) =>
  measure(`right, ${100 * replaced} % replaced`, ({ success }: ComparedRow) => {
    return success.find(({ substitution }) => substitution === replaced)?.rate.rate;
  });

/** Right bits of the payload per token. */
const carried = measure("right bits per token", ({ success, codingRate }: ComparedRow) => {
  const whole = success.find(({ substitution }) => substitution === 0);
  return whole && codingRate * whole.bitAccuracy;
});

const cost = measure(
  "writing and reading, µs per token",
  (row: ComparedRow) => row.encodeMicros + row.decodeMicros,
);

const [own, vanilla] = ["balance-ngram", "ctwl-vanilla"];
const paper = "better than vanilla marking (figures)";

const primary = (sentence: string): Primary => ({ sentence, seeds: 8, named: "before the run" });

/**
 * The abstract's five criteria for Balance-Marking with a small proxy, against vanilla marking; then the same with the writing
 * model as proxy. The other schemes are measured as well.
 * @see Wang et al. 2024 (arXiv 2307.15992)
 */
export const claims: readonly Claim<ComparedRow>[] = [
  {
    lower: right(0)(vanilla),
    higher: right(0)(own),
    margin: 0.05,
    paper,
    primary: primary("The payload is found more often"),
  },
  {
    lower: right(0.3)(vanilla),
    higher: right(0.3)(own),
    margin: 0.1,
    paper,
    primary: primary("The payload survives more edits"),
  },
  {
    lower: carried(vanilla),
    higher: carried(own),
    margin: 0.005,
    paper,
    primary: primary("A token carries more of the payload"),
  },
  {
    lower: cost(vanilla),
    higher: cost(own),
    margin: 1,
    paper: "a proxy costs time",
    primary: primary("Writing and reading cost more than by a hash"),
  },
  {
    lower: perplexityRatio(own),
    higher: perplexityRatio(vanilla),
    margin: 0.02,
    paper,
    primary: primary("The text keeps its quality"),
  },
  { lower: perplexityRatio("balance-same-model"), higher: perplexityRatio(vanilla), paper },
  { lower: right(0.3)(vanilla), higher: right(0.3)("balance-same-model"), paper },
];
