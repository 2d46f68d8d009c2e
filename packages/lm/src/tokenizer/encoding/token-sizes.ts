import {
  BPE,
  ByteLevelPreTokenizer,
  DigitsPreTokenizer,
  PunctuationPreTokenizer,
  SequencePreTokenizer,
  SplitPreTokenizer,
  Unigram,
} from "@huggingface/tokenizers";
import { byteToCharacter } from "../byte-alphabet";
import type { Pipeline, SplittingStep } from "./pipeline";

/** How much text a token can stand for. */
export interface TokenSizes {
  /** Characters, or bytes, of the longest token. */
  readonly longest: number;
  /** Whether every byte of a text is in one of its tokens: byte-level BPE without anything that swallows text. */
  readonly isBytes: boolean;
  /** The least number of tokens of a word. */
  leastOf(word: string): number;
}

const encoder = new TextEncoder();

/** Whether a step leaves out nothing of a text. */
function keepsAll(step: SplittingStep | null): boolean {
  if (step === null || step instanceof ByteLevelPreTokenizer) return true;
  if (step instanceof SequencePreTokenizer) return step.tokenizers.every(keepsAll as never);
  if (step instanceof SplitPreTokenizer) {
    const { invert, behavior } = step.config as { invert?: boolean; behavior?: string };
    return step.pattern !== null && !invert && behavior?.toLowerCase() !== "removed";
  }
  return step instanceof DigitsPreTokenizer || step instanceof PunctuationPreTokenizer;
}

/** Whether a text reaches the model in the alphabet of bytes. */
function endsInBytes(step: SplittingStep | null): boolean {
  if (step instanceof SequencePreTokenizer)
    return endsInBytes((step.tokenizers.at(-1) ?? null) as SplittingStep | null);
  return step instanceof ByteLevelPreTokenizer;
}

/** Whether each merge makes a token: what it made otherwise would be unknown, or be left out. */
const makesTokens = ({ merges, tokens_to_ids }: BPE) =>
  merges.every(([left, right]) => tokens_to_ids.has(left + right));

const hasAllBytes = ({ byte_fallback, tokens_to_ids }: BPE) =>
  byte_fallback &&
  Array.from({ length: 256 }, (_, byte) => byte).every((byte) =>
    tokens_to_ids.has(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  );

/** Whether a character that the vocabulary has is sure to be in a token, and whether all characters are. */
function certainty({ model }: Pipeline): "all" | "known" | "words" {
  if (model instanceof Unigram) return "known";
  if (!(model instanceof BPE)) return "words";
  if (model.end_of_word_suffix || model.continuing_subword_suffix || !makesTokens(model))
    return "words";
  return hasAllBytes(model) ? "all" : "known";
}

/** Reads how much text the tokens of a tokenizer can stand for. */
export function tokenSizes(pipeline: Pipeline): TokenSizes {
  const { model, added_tokens_map, normalizer, pre_tokenizer } = pipeline;
  let longest = 1;
  for (const token of model.tokens_to_ids.keys()) longest = Math.max(longest, token.length);
  for (const token of added_tokens_map.keys())
    longest = Math.max(longest, encoder.encode(token).length);
  const added = [...added_tokens_map.values()];
  const sure = certainty(pipeline);
  const isBytes =
    sure !== "words" &&
    model instanceof BPE &&
    normalizer === null &&
    !pipeline.remove_space &&
    !pipeline.do_lowercase_and_remove_accent &&
    !added.some(({ lstrip, rstrip }) => lstrip || rstrip) &&
    keepsAll(pre_tokenizer) &&
    endsInBytes(pre_tokenizer) &&
    byteToCharacter.every((letter) => model.tokens_to_ids.has(letter));
  const knownCharacters = (word: string): number => {
    let known = 0;
    for (const character of word) if (model.tokens_to_ids.has(character)) known++;
    return known;
  };
  const leastOf = (word: string): number => {
    if (sure === "words") return model instanceof BPE ? 0 : 1;
    return Math.ceil((sure === "all" ? word.length : knownCharacters(word)) / longest);
  };
  return { longest, isBytes, leastOf };
}
