import { type CausalLM, generate, type Tokenizer } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";

export interface AnswerOptions {
  maxNewTokens: number;
  /** Prompts at once. Default all. */
  batchSize?: number;
  signal: AbortSignal;
  /** Called with the number of prompts that have been answered. */
  onAnswer?: (answered: number) => void;
}

async function answerBatch(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  { maxNewTokens, signal }: AnswerOptions,
): Promise<string[]> {
  const longest = Math.max(...prompts.map(({ length }) => length));
  const padded = (ids: readonly number[], filler: number) => [
    ...new Array<number>(longest - ids.length).fill(filler),
    ...ids,
  ];
  const filler = tokenizer.padTokenId ?? tokenizer.eosTokenId ?? 0;
  const events = generate(
    model,
    prompts.map((ids) => padded(ids, filler)),
    {
      maxNewTokens,
      attentionMask: prompts.flatMap((ids) =>
        padded(
          ids.map(() => 1),
          0,
        ),
      ),
      signal,
    },
  );
  for (;;) {
    const { done, value } = await events.next();
    await takeTurn();
    if (done) return value.map((ids) => tokenizer.decode(ids, { skipSpecialTokens: true }));
  }
}

/**
 * A model's greedy answers to prompts, up to the end token.
 * @param prompts token ids, at least one each
 * @returns texts, in the order of the prompts
 */
export async function answerPrompts(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  options: AnswerOptions,
): Promise<string[]> {
  const { batchSize = prompts.length, onAnswer } = options;
  const answers: string[] = [];
  for (let at = 0; at < prompts.length; at += batchSize) {
    const batch = prompts.slice(at, at + batchSize);
    answers.push(...(await answerBatch(model, tokenizer, batch, options)));
    onAnswer?.(answers.length);
  }
  return answers;
}
