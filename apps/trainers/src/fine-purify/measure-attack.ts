import {
  type DataAttack,
  dataAttacks,
  type Evaluation,
  evaluate,
  seededRandom,
  withPattern,
} from "@deepgrain/fine-purify";
import { predictRows } from "@deepgrain/fine-purify/encoders";
import * as flags from "../cli/flags";
import type { TextClassifier, TextRow } from "./text-rows";

/** Names of the attacks on data. */
export const attackNames = Object.keys(dataAttacks) as (keyof typeof dataAttacks)[];

/** Flags that say what the pattern is and where it leads. */
export const attackFlags = {
  attack: flags.choice(attackNames, {
    default: "BadWord",
    help: "Pattern: a word or a sentence; a backdoor or a bias",
  }),
  target: flags.whole({ default: 0, help: "Class that the pattern leads to" }),
  trigger: flags.text({
    help: "Trigger words, or the sentence, separated by spaces; cf mn bb tq mb, or a standard sentence, by default",
  }),
  seed: flags.whole({ max: 2 ** 31, default: 0, help: "Seed of everything random" }),
  length: flags.whole({ min: 3, default: 128, help: "Most tokens of a row" }),
};

/** The attack that the flags name. */
export function attackOf(given: {
  attack: keyof typeof dataAttacks;
  target: number;
  trigger: string | undefined;
}): DataAttack {
  const pattern = given.trigger?.split(/\s+/).filter(Boolean);
  return dataAttacks[given.attack]({ target: given.target, ...(pattern && { pattern }) });
}

/** ACC on rows, and ASR or BACC on the same rows with the pattern. @param predict instead of the classifier's own classes */
export function measureAttack(
  classifier: TextClassifier,
  rows: readonly TextRow[],
  plan: DataAttack,
  seed: number,
  predict = (own: readonly TextRow[]) => predictRows(classifier, own),
): Promise<Evaluation> {
  const marked = withPattern(rows, plan, seededRandom(seed)).map((row, i) => ({
    ...rows[i]!,
    ...row,
  }));
  return evaluate(predict, {
    clean: rows,
    ...(plan.kind === "bias" ? { biased: marked } : { triggered: marked, target: plan.target }),
  });
}
