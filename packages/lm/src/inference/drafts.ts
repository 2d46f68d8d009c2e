import { LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { SingleSequence } from "./single-sequence";
import type { DraftToken } from "./speculative-choice";

/** Proposes draft tokens for speculative decoding. */
export interface Drafter {
  /**
   * @param ids the text so far
   * @param count how many tokens at most
   * @param choose selects a token from logits, by the same rule as the main generation
   */
  draft(
    ids: readonly number[],
    count: number,
    choose: (logits: Float32Array, ids: readonly number[]) => Promise<DraftToken>,
  ): Promise<DraftToken[]>;
  dispose(): void;
}

/**
 * Proposes the tokens that followed the previous occurrence of the text's last tokens, if there is one. This costs no
 * model pass, and it is often right where text repeats itself, as in code and in answers about a given text.
 *
 * @param options.longest maximum length of the token sequence that is searched for, at least 1. Default 3
 * @throws {LmError} `ERR_RANGE` when `longest` is not a whole number of at least 1
 * @see Saxena 2023, "Prompt lookup decoding"
 */
export function ngramDrafter({ longest = 3 }: { longest?: number | undefined } = {}): Drafter {
  if (!Number.isSafeInteger(longest) || longest < 1)
    throw new LmError("ERR_RANGE", `lm/ngramDrafter: longest must be at least 1, got ${longest}`, {
      fields: { longest },
    });
  const endsAlike = (ids: readonly number[], at: number, size: number) => {
    for (let i = 1; i <= size; i++) if (ids[at - i] !== ids[ids.length - i]) return false;
    return true;
  };
  return {
    async draft(ids, count) {
      for (let size = Math.min(longest, ids.length - 1); size >= 1; size--)
        for (let at = ids.length - 1; at >= size; at--)
          if (endsAlike(ids, at, size))
            return ids.slice(at, at + count).map((id) => ({ id, probabilities: null }));
      return [];
    },
    dispose() {},
  };
}

/**
 * Proposes tokens with a smaller model of the same tokenizer.
 *
 * @param mostTokens maximum length of the text, in tokens
 */
export function modelDrafter(model: CausalLM, mostTokens: number): Drafter {
  const sequence = new SingleSequence(model, mostTokens);
  return {
    async draft(ids, count, choose) {
      sequence.forgetFrom(ids.length - 1);
      const text = [...ids];
      const guesses: DraftToken[] = [];
      while (guesses.length < count && text.length < mostTokens) {
        const [logits] = await sequence.read(text, 1);
        const guess = await choose(logits!, text);
        guesses.push(guess);
        text.push(guess.id);
      }
      // If the last proposals are rejected, their keys and values are overwritten.
      sequence.forgetFrom(ids.length);
      return guesses;
    },
    dispose: () => sequence.dispose(),
  };
}
