import type { Claim, Primary, Quantity } from "@deepgrain/lab";
import { atEqualCost, type Cost, distinct, foundAt, ratioAtSuccess } from "./frontier";
import { writing } from "./measures";
import { type ComparedRow, type ComparisonSettings, EQUAL_KL, EQUAL_RATIO } from "./recipe";
import { frontierId, PUBLISHED_BIAS, type Side } from "./variants";

type OwnClaim = Claim<ComparedRow, ComparisonSettings>;
type OwnQuantity = Quantity<ComparedRow, ComparisonSettings>;

const at = {
  ratio: `at a perplexity ratio of ${EQUAL_RATIO}`,
  kl: `at ${EQUAL_KL} nats from unmarked`,
} as const;

const found = (side: Side, cost: Cost) =>
  atEqualCost(side, { measure: `payloads found ${at[cost]}`, cost, read: foundAt(0) });
const edited = (side: Side, cost: Cost) =>
  atEqualCost(side, {
    measure: `payloads found ${at[cost]}, 10 % replaced`,
    cost,
    read: foundAt(0.1),
  });
const halved = (side: Side) =>
  atEqualCost(side, {
    measure: `payloads found ${at.ratio}, half the tokens`,
    cost: "ratio",
    read: foundAt(0),
    isHalf: true,
  });
const diversity = (side: Side, cost: Cost) =>
  atEqualCost(side, { measure: `distinct-2 ${at[cost]}`, cost, read: distinct });

const scope = "10 bits in texts of a tiny model";

/** One of the abstract's criteria: vanilla marking on the left, unless it is the one that should be higher. */
const criterion = (
  { sentence, words }: Pick<Primary, "sentence" | "words">,
  lower: OwnQuantity,
  higher: OwnQuantity,
  { better, margin, paper }: { better: "lower" | "higher"; margin: number; paper: string },
): OwnClaim => {
  const primary: Primary = { sentence, words, seeds: 8, named: "before the run" };
  return { experiment: "criteria", scope, lower, higher, better, margin, paper, primary };
};

/**
 * The five criteria of the paper's abstract in its order, Balance-Marking against vanilla marking, both along all bonuses: success,
 * robustness and payload where their texts cost as much, quality where they find as much, time at the published bonus.
 * @see Wang et al. 2024 (arXiv 2307.15992); the words are those of its abstract as first submitted, the criteria also those of the last
 */
const criteria: readonly OwnClaim[] = [
  criterion(
    { sentence: "The payload is found more often", words: "watermarking success rate" },
    found("vanilla", "ratio"),
    found("balance", "ratio"),
    {
      better: "higher",
      margin: 0.05,
      paper: "a higher rate of success at the same quality (figures)",
    },
  ),
  criterion(
    { sentence: "It is more robust to edits", words: "robustness against various corruptions" },
    edited("vanilla", "ratio"),
    edited("balance", "ratio"),
    { better: "higher", margin: 0.05, paper: "more success after edits (figures)" },
  ),
  criterion(
    {
      sentence: "A token can carry more of the payload",
      words: "coding rate of payload information",
    },
    halved("vanilla"),
    halved("balance"),
    { better: "higher", margin: 0.05, paper: "more success at five tokens per bit too (figures)" },
  ),
  criterion(
    {
      sentence: "It costs time: a proxy model has to run",
      words: "encoding and decoding efficiency",
    },
    { ...writing(frontierId("vanilla", PUBLISHED_BIAS)) },
    { ...writing(frontierId("balance", PUBLISHED_BIAS)) },
    { better: "lower", margin: 10, paper: "a larger proxy takes more time" },
  ),
  criterion(
    {
      sentence: "The text keeps its quality at the same rate of success",
      words: "can significantly improve the quality of the generated text",
    },
    ratioAtSuccess("balance"),
    ratioAtSuccess("vanilla"),
    { better: "lower", margin: 0.02, paper: "better text quality (figures)" },
  ),
];

/** The same at equal divergence, which sharpening does not lower, with diversity; and with a small proxy model. */
const others: readonly OwnClaim[] = [
  { lower: found("vanilla", "kl"), higher: found("balance", "kl"), paper: "–" },
  { lower: edited("vanilla", "kl"), higher: edited("balance", "kl"), paper: "–" },
  { lower: diversity("balance", "ratio"), higher: diversity("vanilla", "ratio"), paper: "–" },
  { lower: diversity("balance", "kl"), higher: diversity("vanilla", "kl"), paper: "–" },
].map((claim) => ({ experiment: "criteria", scope, ...claim }));

const smallProxy: readonly OwnClaim[] = [
  { lower: found("vanilla", "ratio"), higher: found("ngram", "ratio") },
  { lower: found("vanilla", "kl"), higher: found("ngram", "kl") },
  { lower: ratioAtSuccess("ngram"), higher: ratioAtSuccess("vanilla") },
].map((claim) => ({ experiment: "proxy", scope, paper: "a smaller proxy gains less", ...claim }));

export const claims: readonly OwnClaim[] = [...criteria, ...others, ...smallProxy];
