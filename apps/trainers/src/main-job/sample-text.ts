import {
  type CausalLM,
  createRandom,
  generate,
  greedy,
  multinomial,
  type Tokenizer,
  temperature,
  topK,
} from "@deepgrain/lm";
import { nextTurn } from "../cli/next-turn";

export interface SampleOptions {
  maxNewTokens: number;
  /** Undefined takes the likeliest token each time. */
  seed?: number;
  signal?: AbortSignal;
}

async function finish(events: AsyncGenerator<unknown, number[][]>): Promise<number[]> {
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value[0]!;
    await nextTurn();
  }
}

/** The continuation of ids as text, up to the end-of-text token. */
export async function sampleText(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompt: readonly number[],
  { maxNewTokens, seed, signal }: SampleOptions,
): Promise<string> {
  const random = seed === undefined ? undefined : createRandom(seed).next;
  const events = generate(model, [prompt], {
    maxNewTokens,
    ...(signal && { signal }),
    logitsProcessors: random ? [temperature(0.8), topK(50)] : [],
    sampler: random ? (logits) => multinomial(logits, random) : greedy,
  });
  const ids = await finish(events);
  return tokenizer.decode(ids, { skipSpecialTokens: true });
}
