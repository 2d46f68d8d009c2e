import { fail, listOf, optionsOf, real, refuseUnknown, textOf, whole } from "../errors";

/** Options of {@link needleTasks}. */
export interface NeedleOptions {
  /** Text to hide the needle in; repeated where it is too short. */
  haystack: string;
  /** The sentence that is hidden. */
  needle: string;
  /** Asked after the context. */
  question: string;
  /** Must be contained in a right answer. */
  answer: string;
  /** Lengths of the context in tokens, question and answer included. */
  lengths: readonly number[];
  /** Where the needle stands, in percent: 0 is the beginning, 100 the end. */
  depths: readonly number[];
  /** Cuts a text into tokens; by default words with the white space before them. */
  encode?: ((text: string) => readonly number[] | readonly string[]) | undefined;
  /** The text of tokens. */
  decode?: ((tokens: readonly (number | string)[]) => string) | undefined;
  /** Tokens that are kept free for question and answer; default 200. */
  buffer?: number | undefined;
}

/** A context in which a sentence is hidden, and the question for it. */
export interface NeedleTask {
  readonly id: string;
  readonly prompt: string;
  readonly answer: string;
  readonly length: number;
  /** Percent, as asked for. */
  readonly depth: number;
  /** Index of the needle's first token. */
  readonly position: number;
}

const words = (text: string): readonly string[] => text.match(/\s*\S+/g) ?? [];

/**
 * Contexts of given lengths in which one sentence is hidden at given depths: the test of needles in a haystack. The needle
 * moves back to the nearest end of a sentence; at depth 100 it is the end.
 *
 * @returns for every length and depth one task
 * @throws {CoderError} `ERR_RANGE` for depths outside 0 to 100, or a length that needle and buffer fill
 * @see Zhu et al. 2024 (DeepSeek-Coder-V2), section 3.5; Kamradt 2023
 */
export function needleTasks(options: NeedleOptions): NeedleTask[] {
  const { haystack, needle, question, answer, lengths, depths, ...others } = optionsOf(
    "needleTasks",
    options,
  );
  const { encode = words, decode = (tokens) => tokens.join(""), buffer = 200, ...rest } = others;
  refuseUnknown("needleTasks", rest);
  for (const [name, text] of Object.entries({ haystack, needle, question, answer }))
    textOf("needleTasks", name, text);
  listOf("needleTasks", "lengths", lengths);
  listOf("needleTasks", "depths", depths);
  whole("needleTasks", "buffer", buffer, { min: 0 });
  const hay: readonly (number | string)[] =
    haystack.trim() === "" ? [] : encode(` ${haystack.trim()}`);
  const pin: readonly (number | string)[] = encode(` ${needle}`);
  if (hay.length === 0) fail("ERR_ARGUMENT", "needleTasks: the haystack is empty");
  return lengths.flatMap((length, i) => {
    whole("needleTasks", `lengths[${i}]`, length, { min: buffer + pin.length + 1 });
    const size = length - buffer - pin.length;
    const around = Array.from({ length: size }, (_, at) => hay[at % hay.length]!);
    return depths.map((depth, j) => {
      real("needleTasks", `depths[${j}]`, depth, { min: 0, max: 100 });
      const position =
        depth === 100 ? size : sentenceEnd(around, Math.floor((depth / 100) * size), decode);
      const context = [...around.slice(0, position), ...pin, ...around.slice(position)];
      return {
        id: `needle/${length}/${depth}`,
        prompt: `${decode(context).trimStart()}\n\n${question}`,
        answer,
        length,
        depth,
        position,
      };
    });
  });
}

/** The place behind the last end of a sentence at or before a place; 0 where there is none. */
function sentenceEnd(
  tokens: readonly (number | string)[],
  from: number,
  decode: (tokens: readonly (number | string)[]) => string,
): number {
  for (let at = from; at > 0; at--)
    if (/[.!?。！？]["'”’)\]]*\s*$/.test(decode(tokens.slice(at - 1, at)))) return at;
  return 0;
}
