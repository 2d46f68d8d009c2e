import { type Claim, measure, type Primary, type Quantity } from "@deepgrain/lab";
import type { ComparedRow } from "./recipe";

/** Share of texts whose payload is read right in every bit, after a share of the tokens was replaced. */
export const rightAt = (share: number) =>
  measure(
    share === 0 ? "payloads found" : `payloads found at ${100 * share} % replaced`,
    ({ success }: ComparedRow) =>
      success.find(({ substitution }) => substitution === share)?.rate.rate,
    [0, 1],
  );

/** exp of the mean difference of log-perplexities, marked against unmarked texts. */
export const perplexityRatio = measure(
  "perplexity ratio",
  (row: ComparedRow) => row.perplexityRatio,
);

/** Time of marking a token, without the writing model. */
const writing = measure("writing, µs/token", (row: ComparedRow) => row.encodeMicros);

const found = rightAt(0);
const replaced = rightAt(0.1);

/** One of the abstract's criteria: vanilla marking on the left, unless it is the one that should be higher. */
const criterion = (
  sentence: string,
  lower: Quantity<ComparedRow>,
  higher: Quantity<ComparedRow>,
  { margin, paper }: { margin: number; paper: string },
): Claim<ComparedRow> => {
  const primary: Primary = { sentence, seeds: 8, named: "before the run" };
  return { experiment: "criteria", lower, higher, margin, paper, primary };
};

const [vanilla, balance] = ["ctwl-vanilla", "balance-same-model"];

/**
 * The five criteria of the paper's abstract in its order, Balance-Marking against vanilla marking: each at its own bonus for equal
 * success, but for success itself, at a bonus with which both miss some payloads.
 * @see Wang et al. 2024 (arXiv 2307.15992)
 */
export const claims: readonly Claim<ComparedRow>[] = [
  criterion("The payload is found more often", found(`${vanilla}-weak`), found(`${balance}-weak`), {
    margin: 0.05,
    paper: "a higher rate of success at the same quality (figures)",
  }),
  criterion("It is more robust to edits", replaced(vanilla), replaced(balance), {
    margin: 0.05,
    paper: "more success after edits (figures)",
  }),
  criterion(
    "A token can carry more of the payload",
    found(`${vanilla}-half`),
    found(`${balance}-half`),
    { margin: 0.05, paper: "more success at five tokens per bit too (figures)" },
  ),
  criterion("It costs time: a proxy model has to run", writing(vanilla), writing(balance), {
    margin: 10,
    paper: "a larger proxy takes more time",
  }),
  criterion(
    "The text keeps its quality at the same rate of success",
    perplexityRatio(balance),
    perplexityRatio(vanilla),
    { margin: 0.02, paper: "better text quality (figures)" },
  ),
];
