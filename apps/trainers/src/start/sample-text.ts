import {
  type CausalLM,
  createRandom,
  generateBatch,
  multinomial,
  type Tokenizer,
  temperature as temperatureOf,
  topP as topPOf,
} from "@deepgrain/lm";
import type { JobConfig } from "./job-config";

export interface SampleOptions extends Pick<JobConfig["sampling"], "temperature" | "topP"> {
  maxNewTokens: number;
  /** Continuations of each prompt. Default 1. */
  samples?: number;
  seed: number;
  signal?: AbortSignal;
}

/**
 * Draws continuations of texts, up to the end-of-text token.
 * @returns a list of texts per prompt, without the prompt
 */
export async function sampleTexts(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompts: readonly string[],
  { maxNewTokens, samples = 1, seed, temperature, topP, signal }: SampleOptions,
): Promise<string[][]> {
  const random = createRandom(seed).next;
  const logitsProcessors = [temperatureOf(temperature), topPOf(topP)];
  const sampler = (logits: Float32Array) => multinomial(logits, random);
  const events = generateBatch(
    model,
    prompts.map((prompt) => ({
      prompt: tokenizer.encode(prompt),
      samples,
      maxNewTokens,
      logitsProcessors,
      sampler,
    })),
    signal ? { signal } : {},
  );
  for (;;) {
    const { done, value } = await events.next();
    if (!done) continue;
    const text = ({ ids }: { ids: number[] }) => tokenizer.decode(ids, { skipSpecialTokens: true });
    return value.map((own) => own.map(text));
  }
}
