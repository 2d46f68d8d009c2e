import { type DataAttack, dataAttacks, type Labelled } from "@deepgrain/fine-purify";
import * as flags from "../../../cli/flags";
import type { TextRow } from "./encoder-texts";

const names = Object.keys(dataAttacks) as (keyof typeof dataAttacks)[];

/** Flags that say what the pattern is and where it leads. */
export const attackFlags = {
  attack: flags.choice(names, {
    default: "BadWord",
    help: "Pattern: a word or a sentence; a backdoor or a bias",
  }),
  target: flags.whole({ default: 0, help: "Class that the pattern leads to" }),
  trigger: flags.text({
    help: "Trigger words, or the sentence, separated by spaces; cf mn bb tq mb, or a customary sentence, by default",
  }),
  seed: flags.whole({ max: 2 ** 31, default: 0, help: "Seed of everything random" }),
};

/** The attack that the flags name. */
export function attackOf(given: {
  attack: keyof typeof dataAttacks;
  target: number;
  trigger: string | undefined;
}): DataAttack {
  const { attack, target, trigger } = given;
  const pattern = trigger?.split(/\s+/).filter(Boolean);
  return dataAttacks[attack]({ target, ...(pattern && { pattern }) });
}

/** A text as words; of a pair the first text carries the pattern. */
export const wordsOf = ({ text, label }: TextRow): Labelled & { second?: string } => ({
  words: (typeof text === "string" ? text : text[0]).split(/\s+/).filter(Boolean),
  label,
  ...(typeof text !== "string" && { second: text[1] }),
});

/** Words as a text. */
export const textOf = ({ words, label }: Labelled, second?: string): TextRow => ({
  text: second === undefined ? words.join(" ") : [words.join(" "), second],
  label,
});
