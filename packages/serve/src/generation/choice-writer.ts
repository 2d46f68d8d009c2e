import { type Tokenizer, type TokenScore, textStream } from "@deepgrain/lm";

/** A token of an answer, and how likely it was. */
export interface ScoredToken {
  readonly id: number;
  /** Where it begins in the text of the choice. */
  readonly start: number;
  readonly score: TokenScore;
}

/** Text that is final, and the tokens that begin in it. */
export interface Written {
  readonly text: string;
  readonly tokens: readonly ScoredToken[];
  /** Whether the text has ended before a stop string: nothing follows. */
  readonly isStopped: boolean;
}

/** Writes the text of one choice. */
export interface ChoiceWriter {
  push(id: number, score: TokenScore | undefined): Written;
  /** What was held back. */
  end(): Written;
}

/** Tokens of the prompt that decide how the first new token reads: whether it keeps its space. */
const contextTokens = 8;

type Decode = (ids: number[]) => string;

/** A stream of text that has read the end of the prompt. */
function streamAfter(decode: Decode, prompt: readonly number[], stop: readonly string[]) {
  const stream = textStream(decode, { stopStrings: stop });
  for (const id of prompt.slice(-contextTokens)) stream.push(id);
  stream.end();
  return stream;
}

/**
 * Turns the tokens of one choice into text, up to a stop string. What could be the beginning of one is held back, and so are
 * the scores of its tokens.
 */
export function choiceWriter(
  tokenizer: Tokenizer,
  prompt: readonly number[],
  stop: readonly string[],
): ChoiceWriter {
  const decode: Decode = (ids) => tokenizer.decode(ids, { skipSpecialTokens: true });
  const stream = streamAfter(decode, prompt, stop);
  const places = streamAfter(decode, prompt, []); // where tokens begin, whatever is held back
  const waiting: ScoredToken[] = [];
  let [told, written] = [0, 0];

  function take(text: string, isEnd: boolean): Written {
    written += text.length;
    const { isStopped } = stream;
    const isAll = isEnd && !isStopped;
    const until = waiting.findIndex(({ start }) => start >= written);
    const count = isAll || until < 0 ? waiting.length : until;
    return { text, tokens: waiting.splice(0, count), isStopped };
  }

  return {
    push(id, score) {
      if (score) {
        waiting.push({ id, score, start: told });
        told += places.push(id).length;
      }
      return take(stream.push(id), false);
    },
    end: () => take(stream.end(), true),
  };
}
