/** @file The comparison as it was recorded before both sides had a frontier: each side at the bonus that finds nine payloads of ten. */
import { type Claim, measure, type Primary, type Quantity } from "@deepgrain/lab";
import { perplexityRatio, writing } from "./measures";
import type { ComparedRow } from "./recipe";
import { type Coded, type ComparedScheme, codable, UNMARKED } from "./variants";

/** The bonus of each side at equal success, and one with which both miss some payloads. */
const BONUS = { own: 1.5, weak: 1 } as const;

/** Both sides of a criterion: vanilla marking and Balance-Marking with the writing model as its proxy. */
function pair(suffix: string, words: string, coded: Coded): ComparedScheme[] {
  const common = { tokens: coded.tokens, experiments: ["criteria"] } as const;
  return [
    {
      ...common,
      id: `ctwl-vanilla${suffix}`,
      name: `CTWL vanilla${words}`,
      profile: codable("ctwl-vanilla", coded),
      weight: 0.1,
    },
    {
      ...common,
      id: `balance-same-model${suffix}`,
      name: `Balance-Marking, same model${words}`,
      profile: codable("ctwl-balance", coded),
      proxy: "model",
    },
  ];
}

/** Both sides at their own bonus, at a weak one, and with half the tokens. */
export const schemesAtOneBonus = (size: Coded): ComparedScheme[] => [
  ...pair("", "", { ...size, bias: BONUS.own }),
  ...pair("-weak", `, δ ${BONUS.weak}`, { ...size, bias: BONUS.weak }),
  ...pair("-half", ", half the tokens", {
    ...size,
    tokens: UNMARKED + Math.ceil((size.tokens - UNMARKED) / 2),
    bias: BONUS.own,
  }),
];

/** Share of texts whose payload is read right in every bit, after a share of the tokens was replaced. */
const rightAt = (share: number) =>
  measure(
    share === 0 ? "payloads found" : `payloads found at ${100 * share} % replaced`,
    ({ success }: ComparedRow) =>
      success.find(({ substitution }) => substitution === share)?.rate.rate,
    [0, 1],
  );

const found = rightAt(0);
const replaced = rightAt(0.1);

/** One of the abstract's criteria: vanilla marking on the left, unless it is the one that should be higher. */
const criterion = (
  { sentence, words }: Pick<Primary, "sentence" | "words">,
  lower: Quantity<ComparedRow>,
  higher: Quantity<ComparedRow>,
  { better, margin, paper }: { better: "lower" | "higher"; margin: number; paper: string },
): Claim<ComparedRow> => {
  const primary: Primary = { sentence, words, seeds: 8, named: "before the run" };
  const scope = "10 bits in texts of a tiny model";
  return { experiment: "criteria", scope, lower, higher, better, margin, paper, primary };
};

const [vanilla, balance] = ["ctwl-vanilla", "balance-same-model"];

/**
 * The five criteria of the paper's abstract in its order, Balance-Marking against vanilla marking: each at its own bonus for equal
 * success, but for success itself, at a bonus with which both miss some payloads.
 * @see Wang et al. 2024 (arXiv 2307.15992); the words are those of its abstract as first submitted, the criteria also those of the last
 */
export const claimsAtOneBonus: readonly Claim<ComparedRow>[] = [
  criterion(
    { sentence: "The payload is found more often", words: "watermarking success rate" },
    found(`${vanilla}-weak`),
    found(`${balance}-weak`),
    {
      better: "higher",
      margin: 0.05,
      paper: "a higher rate of success at the same quality (figures)",
    },
  ),
  criterion(
    { sentence: "It is more robust to edits", words: "robustness against various corruptions" },
    replaced(vanilla),
    replaced(balance),
    { better: "higher", margin: 0.05, paper: "more success after edits (figures)" },
  ),
  criterion(
    {
      sentence: "A token can carry more of the payload",
      words: "coding rate of payload information",
    },
    found(`${vanilla}-half`),
    found(`${balance}-half`),
    { better: "higher", margin: 0.05, paper: "more success at five tokens per bit too (figures)" },
  ),
  criterion(
    {
      sentence: "It costs time: a proxy model has to run",
      words: "encoding and decoding efficiency",
    },
    writing(vanilla),
    writing(balance),
    { better: "lower", margin: 10, paper: "a larger proxy takes more time" },
  ),
  criterion(
    {
      sentence: "The text keeps its quality at the same rate of success",
      words: "can significantly improve the quality of the generated text",
    },
    perplexityRatio(balance),
    perplexityRatio(vanilla),
    { better: "lower", margin: 0.02, paper: "better text quality (figures)" },
  ),
];
