import { takeTurn } from "@deepgrain/support";
import { optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer/create-tokenizer";
import { generate } from "./generate";

/** Options of {@link answerPrompts}. */
export interface AnswerOptions {
  /** Longest answer in tokens. */
  maxNewTokens: number;
  /** Prompts at once. Default all. */
  batchSize?: number | undefined;
  /** Called with the number of prompts that have been answered. */
  onAnswer?: ((answered: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Rows of one length, shorter ones filled on the left. */
function leftPadded(rows: readonly (readonly number[])[], filler: number): number[][] {
  const longest = Math.max(...rows.map(({ length }) => length));
  return rows.map((row) => [...new Array<number>(longest - row.length).fill(filler), ...row]);
}

async function answerBatch(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  { maxNewTokens, signal }: AnswerOptions,
): Promise<string[]> {
  const filler = tokenizer.padTokenId ?? tokenizer.eosTokenId ?? 0;
  const present = prompts.map((ids) => ids.map(() => 1));
  const attentionMask = leftPadded(present, 0).flat();
  const rows = leftPadded(prompts, filler);
  const events = generate(model, rows, { maxNewTokens, attentionMask, signal });
  for (;;) {
    const { done, value } = await events.next();
    await takeTurn();
    if (done) return value.map((ids) => tokenizer.decode(ids, { skipSpecialTokens: true }));
  }
}

/**
 * A model's greedy answers to prompts, up to the end token.
 *
 * @param prompts token ids, at least one each
 * @returns texts, in the order of the prompts
 * @throws {LmError} as `generate`; the signal's reason on abort
 */
export async function answerPrompts(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  options: AnswerOptions,
): Promise<string[]> {
  const where = "answerPrompts";
  const { batchSize = prompts.length, onAnswer, ...own } = optionsOf(where, options);
  const { maxNewTokens, signal, ...rest } = own;
  refuseUnknown(where, rest);
  const answers: string[] = [];
  for (let at = 0; at < prompts.length; at += batchSize) {
    const batch = prompts.slice(at, at + batchSize);
    answers.push(...(await answerBatch(model, tokenizer, batch, { maxNewTokens, signal })));
    onAnswer?.(answers.length);
  }
  return answers;
}
