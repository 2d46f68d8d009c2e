import {
  BertPreTokenizer,
  ByteLevelPreTokenizer,
  DigitsPreTokenizer,
  PunctuationPreTokenizer,
  SequencePreTokenizer,
  SplitPreTokenizer,
  WhitespacePreTokenizer,
  WhitespaceSplitPreTokenizer,
} from "@huggingface/tokenizers";
import type { PatternLike } from "../linear-pattern";
import { digitGroupsPattern } from "../published-patterns";
import { asBytes } from "./as-bytes";
import { digitGroups, type Match } from "./digit-groups";
import type { Pace } from "./pace";
import type { SplittingStep } from "./pipeline";

/** Pre-tokens as they are found; undefined where others may have their turn. */
export type PreTokens = Generator<string | undefined, void, undefined>;

function* matches(text: string, pattern: RegExp | PatternLike, pace: Pace): PreTokens {
  for (const [found] of text.matchAll(pattern as RegExp)) {
    yield found;
    if (pace.isDue(found.length + 1)) yield undefined;
  }
}

/** Matches, and what stands between them. */
function* isolated(text: string, found: Iterable<Match>, pace: Pace): PreTokens {
  let last = 0;
  for (const match of found) {
    const { 0: own, index } = match;
    if (last < index) yield text.slice(last, index);
    if (own !== "") yield own;
    if (pace.isDue(index + own.length - last + 1)) yield undefined;
    last = index + own.length;
  }
  if (last < text.length) yield text.slice(last);
}

function* split(step: SplittingStep, text: string, pace: Pace): PreTokens {
  const { pattern, config } = step;
  if (!pattern) return;
  if (config?.invert) {
    for (const found of matches(text, pattern, pace)) if (found !== "") yield found;
  } else if (config?.behavior?.toLowerCase() === "removed") {
    yield* step.pre_tokenize_text(text, { section_index: 0 });
  } else if (config?.pattern?.Regex === digitGroupsPattern)
    yield* isolated(text, digitGroups(text, pattern), pace);
  else yield* isolated(text, text.matchAll(pattern as RegExp), pace);
}

function* byteLevel(step: SplittingStep, given: string, pace: Pace): PreTokens {
  const text = step.add_prefix_space && !given.startsWith(" ") ? ` ${given}` : given;
  const words = step.use_regex ? matches(text, step.pattern!, pace) : [text];
  for (const word of words)
    if (word === undefined) yield undefined;
    else yield yield* asBytes(word, pace);
}

/** Steps one after another, each on what the one before has found. */
function* chained(
  steps: readonly (SplittingStep | null)[],
  text: string,
  section: number,
  pace: Pace,
): PreTokens {
  const [first, ...others] = steps;
  if (first === undefined) {
    yield text;
    return;
  }
  for (const part of preTokens(first, text, section, pace))
    if (part === undefined) yield undefined;
    else yield* chained(others, part, section, pace);
}

const wordsOrSigns = /\w+|[^\w\s]+/g;
const nonSpaces = /\S+/g;

/**
 * The pre-tokens of a text, each found when it is asked for: the text is cut nowhere but where the tokenizer cuts it. Steps that
 * only rewrite run in one piece.
 *
 * @param section number of the text among the sections of a whole
 */
export function* preTokens(
  step: SplittingStep | null,
  text: string,
  section: number,
  pace: Pace,
): PreTokens {
  if (step === null) yield text;
  else if (step instanceof SequencePreTokenizer)
    yield* chained(step.tokenizers as never, text, section, pace);
  else if (step instanceof SplitPreTokenizer) yield* split(step as never, text, pace);
  else if (step instanceof ByteLevelPreTokenizer) yield* byteLevel(step, text, pace);
  else if (step instanceof WhitespacePreTokenizer) yield* matches(text, wordsOrSigns, pace);
  else if (step instanceof WhitespaceSplitPreTokenizer) yield* matches(text, nonSpaces, pace);
  else if (step instanceof DigitsPreTokenizer || step instanceof PunctuationPreTokenizer)
    yield* matches(text, step.pattern, pace);
  else if (step instanceof BertPreTokenizer) yield* matches(text.trim(), step.pattern, pace);
  else yield* step.pre_tokenize_text(text, { section_index: section });
}
