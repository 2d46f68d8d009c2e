import {
  type AsyncLogitsProcessor,
  type CausalLM,
  createProcessors,
  type GenerateOptions,
  generate,
  greedy,
  multinomial,
  type Tokenizer,
} from "@deepgrain/lm";
import type { MarkedText } from "@deepgrain/studies/balance-marking/text-file";
import type { Processor } from "@deepgrain/watermark";

/** How marked texts are written. */
export interface Writing {
  model: CausalLM;
  tokenizer: Tokenizer;
  processor: Processor;
  maxNewTokens: number;
  /** 0 takes the most likely token after the mark. */
  temperature: number;
  random: () => number;
  /** The end of text is forbidden. */
  isEndless: boolean;
  signal: AbortSignal;
  onToken(): void;
}

/** The mark comes after the temperature and everything else, right before a token is drawn. */
function processorsOf(
  { processor, temperature, isEndless, maxNewTokens }: Writing,
  promptLength: number,
  eosTokenIds: readonly number[],
): AsyncLogitsProcessor[] {
  const rules = createProcessors(
    {
      temperature: temperature > 0 ? temperature : undefined,
      doSample: temperature > 0 ? true : undefined,
      minNewTokens: isEndless ? maxNewTokens : undefined,
    },
    { promptLength, eosTokenIds },
  );
  return [...rules, processor];
}

async function drain(
  model: CausalLM,
  prompt: readonly number[],
  options: GenerateOptions,
  onToken: () => void,
): Promise<number[]> {
  const events = generate(model, [prompt], options);
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value[0]!;
    onToken();
  }
}

/** Text of a continuation; the prompt is decoded with it, because a first token alone can lose its space. */
function continuationText(tokenizer: Tokenizer, start: readonly number[], ids: readonly number[]) {
  const decode = (list: readonly number[]) => tokenizer.decode(list, { skipSpecialTokens: true });
  const before = decode(start);
  const whole = decode([...start, ...ids]);
  return whole.startsWith(before) ? whole.slice(before.length) : decode(ids);
}

/** Continues one prompt with a marked text. */
export async function writeText(prompt: string, writing: Writing): Promise<Required<MarkedText>> {
  const { model, tokenizer, processor, temperature, random, maxNewTokens, signal } = writing;
  const start = tokenizer.encode(prompt);
  const eos = [tokenizer.eosTokenId ?? model.config.eosTokenId ?? []].flat();
  processor.reset();
  const options: GenerateOptions = {
    maxNewTokens,
    logitsProcessors: processorsOf(writing, start.length, eos),
    sampler: temperature > 0 ? (logits) => multinomial(logits, random) : greedy,
    eosTokenId: eos.length > 0 ? eos : null,
    signal,
  };
  const ids = await drain(model, start, options, writing.onToken);
  return { prompt, text: continuationText(tokenizer, start, ids), ids };
}
