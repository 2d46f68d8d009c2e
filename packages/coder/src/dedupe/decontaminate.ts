import { fail, optionsOf, refuseUnknown } from "../errors";
import { wordsOf } from "./shingles";

/** Words of the runs that are compared. */
const RUN = 10;

/** Shortest item that is looked for, in words. */
const SHORTEST = 3;

/** Options of {@link decontaminate}. */
export interface DecontaminateOptions {
  /** Cuts a text into tokens; by default its words, the parts between white space. */
  tokensOf?: ((text: string) => readonly string[]) | undefined;
}

/** A text that holds a part of the tests. */
export interface Contaminated {
  /** Index of the text. */
  readonly text: number;
  /** Index of the test item. */
  readonly item: number;
  /** The tokens that both have, joined by spaces. */
  readonly match: string;
}

/** Which item each run of tokens belongs to, by the length of the run. */
function runsOf(items: readonly (readonly string[])[]): Map<number, Map<string, number>> {
  const runs = new Map<number, Map<string, number>>();
  for (const [item, tokens] of items.entries()) {
    if (tokens.length < SHORTEST) continue;
    const length = Math.min(RUN, tokens.length);
    const own = runs.get(length) ?? new Map<string, number>();
    runs.set(length, own);
    for (let i = 0; i + length <= tokens.length; i++) {
      const run = tokens.slice(i, i + length).join(" ");
      if (!own.has(run)) own.set(run, item);
    }
  }
  return runs;
}

/**
 * Finds training texts that hold a part of a test: ten tokens in a row of an item, or all of an item of three to nine
 * tokens. Shorter items are ignored.
 *
 * @param texts of training
 * @param items of tests: prompts, solutions, tests
 * @returns one finding per contaminated text, in order
 * @see Guo et al. 2024 (DeepSeek-Coder), section 2.3
 */
export function decontaminate(
  texts: readonly string[],
  items: readonly string[],
  options: DecontaminateOptions = {},
): Contaminated[] {
  const { tokensOf = wordsOf, ...rest } = optionsOf("decontaminate", options);
  refuseUnknown("decontaminate", rest);
  for (const [name, list] of Object.entries({ texts, items }))
    if (!Array.isArray(list))
      fail("ERR_ARGUMENT", `decontaminate: ${name} must be a list of texts`, { name });
  const runs = runsOf(items.map((item) => tokensOf(item)));
  return texts.flatMap((text, index) => {
    const tokens = tokensOf(text);
    for (let i = 0; i < tokens.length; i++)
      for (const [length, own] of runs) {
        if (i + length > tokens.length) continue;
        const match = tokens.slice(i, i + length).join(" ");
        const item = own.get(match);
        if (item !== undefined) return [{ text: index, item, match }];
      }
    return [];
  });
}
