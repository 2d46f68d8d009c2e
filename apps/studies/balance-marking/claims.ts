import { type Claim, measure } from "@deepgrain/lab";
import type { ComparedRow } from "./recipe";

/** Share of tokens replaced in the criterion of robustness. */
const REPLACED = 0.1;

/** Share of texts whose payload is read right in every bit, after a share of the tokens was replaced. */
export const rightAt = (share: number) =>
  measure(
    share === 0 ? "payloads found" : `payloads found at ${100 * share} % replaced`,
    ({ success }: ComparedRow) =>
      success.find(({ substitution }) => substitution === share)?.rate.rate ?? null,
  );

/** exp of the mean difference of log-perplexities, marked against unmarked texts. */
export const perplexityRatio = measure(
  "perplexity ratio",
  (row: ComparedRow) => row.perplexityRatio,
);

/** Time of marking a token, without the writing model. */
export const writing = measure("writing, µs/token", (row: ComparedRow) => row.encodeMicros);

const found = rightAt(0);
const replaced = rightAt(REPLACED);

/**
 * The five criteria of the paper's abstract in its order, Balance-Marking against vanilla marking: each at its own bonus for equal
 * success, but for success itself, at a bonus with which both miss some payloads. Cost is the price: the proxy has to be run.
 * @see Wang et al. 2024 (arXiv 2307.15992)
 */
export const claims: readonly Claim<ComparedRow>[] = [
  {
    experiment: "criteria",
    scope: "success",
    lower: found("ctwl-vanilla-weak"),
    higher: found("balance-same-model-weak"),
    paper: "a higher rate of success at the same quality",
  },
  {
    experiment: "criteria",
    scope: "robustness",
    lower: replaced("ctwl-vanilla"),
    higher: replaced("balance-same-model"),
    paper: "more robust to edits",
  },
  {
    experiment: "criteria",
    scope: "coding rate",
    lower: found("ctwl-vanilla-half"),
    higher: found("balance-same-model-half"),
    paper: "more success at 5 tokens per bit too",
  },
  {
    experiment: "criteria",
    scope: "cost",
    lower: writing("ctwl-vanilla"),
    higher: writing("balance-same-model"),
    paper: "a larger proxy takes more time",
  },
  {
    experiment: "criteria",
    scope: "quality",
    lower: perplexityRatio("balance-same-model"),
    higher: perplexityRatio("ctwl-vanilla"),
    paper: "better text quality at the same rate of success",
  },
];
