import { takeTurn } from "@deepgrain/support";
import { optionsOf, refuseUnknown } from "../errors";
import { generateBatch } from "../inference/generate-batch";
import type { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer/create-tokenizer";
import { createRandom } from "./random";
import { multinomial } from "./sampling";
import { temperature as temperatureOf } from "./temperature";
import { topP as topPOf } from "./top-p";

/**
 * Draws continuations of texts, up to the end-of-text token.
 *
 * @param prompts texts, which the continuations do not repeat
 * @param options.maxNewTokens longest continuation in tokens
 * @param options.samples continuations of each prompt. Default 1
 * @param options.temperature of the softmax that tokens are drawn from
 * @param options.topP draws from the most likely tokens with this total share
 * @param options.seed same seed, same texts
 * @returns a list of texts per prompt
 * @throws {LmError} as `generateBatch`; the signal's reason on abort
 */
export async function sampleTexts(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompts: readonly string[],
  options: {
    maxNewTokens: number;
    samples?: number | undefined;
    temperature: number;
    topP: number;
    seed: number;
    signal?: AbortSignal | undefined;
  },
): Promise<string[][]> {
  const {
    maxNewTokens,
    samples = 1,
    temperature,
    topP,
    seed,
    signal,
    ...rest
  } = optionsOf("sampleTexts", options);
  refuseUnknown("sampleTexts", rest);
  const random = createRandom(seed).next;
  const logitsProcessors = [temperatureOf(temperature), topPOf(topP)];
  const sampler = (logits: Float32Array) => multinomial(logits, random);
  const requests = prompts.map((prompt) => ({
    prompt: tokenizer.encode(prompt),
    samples,
    maxNewTokens,
    logitsProcessors,
    sampler,
  }));
  const events = generateBatch(model, requests, { signal });
  const text = ({ ids }: { ids: number[] }) => tokenizer.decode(ids, { skipSpecialTokens: true });
  for (;;) {
    const { done, value } = await events.next();
    await takeTurn();
    if (done) return value.map((own) => own.map(text));
  }
}
