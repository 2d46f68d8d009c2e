import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  type CausalLM,
  type Constraint,
  createProcessors,
  createRandom,
  generateBatch,
  generateSpeculative,
  greedy,
  multinomial,
  type StopReason,
  type Tokenizer,
  type TokenScore,
  textStream,
} from "@deepgrain/lm";
import type { samplingFlags } from "./flags";

/** How tokens are chosen. */
export type Sampling = Values<typeof samplingFlags>;

/** How a prompt is continued. */
export interface Continuing {
  sampling: Sampling;
  maxNewTokens: number;
  samples: number;
  stop: readonly string[];
  /** How many likely tokens are scored beside each; undefined: none is. */
  logprobs: number | undefined;
  /** The drafter of tokens; undefined: none. */
  draft: CausalLM | "ngram" | undefined;
  constraint: Constraint | undefined;
  signal: AbortSignal;
}

/** One continuation. */
export interface Continued {
  text: string;
  /** The new tokens, with the one that ended the text. */
  ids: number[];
  stopped: StopReason;
  scores: TokenScore[];
  /** Passes that drafts have saved. */
  drafts?: { drafted: number; accepted: number; passes: number } | undefined;
}

/**
 * How tokens are chosen: the most likely one at temperature 0, else sampled after the processors that the flags select. The first
 * continuation has the seed's own random numbers.
 */
export function choosing(sampling: Sampling, promptLength: number) {
  const { seed, ...values } = sampling;
  const isGreedy = values.temperature === 0;
  const given = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined));
  const randoms: (() => number)[] = [];
  const random = (sample: number) => {
    randoms[sample] ??= createRandom(sample === 0 ? seed : [seed, sample]).next;
    return randoms[sample];
  };
  return {
    processors: createProcessors(
      { ...given, temperature: values.temperature || undefined, doSample: !isGreedy },
      { promptLength },
    ),
    random: isGreedy ? undefined : random(0),
    sampler: isGreedy
      ? greedy
      : (logits: Float32Array, sample: number) => multinomial(logits, random(sample)),
  };
}

/**
 * Continues a prompt, once or several times side by side.
 *
 * @param tell is told each piece of a text as soon as it is final
 */
export async function continuePrompt(
  model: CausalLM,
  tokenizer: Tokenizer,
  prompt: readonly number[],
  how: Continuing,
  tell: (text: string, sample: number) => void = () => {},
): Promise<Continued[]> {
  const { maxNewTokens, samples, stop, logprobs, draft, constraint, signal } = how;
  const decode = (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true });
  const eosTokenId = tokenizer.eosTokenId ?? model.config.eosTokenId;
  const eosTokenIds = eosTokenId === null ? [] : [eosTokenId].flat();
  const { processors, random, sampler } = choosing(how.sampling, prompt.length);
  const form = constraint?.({ promptLength: prompt.length, maxNewTokens, eosTokenIds });
  const settings = {
    prompt,
    maxNewTokens,
    eosTokenId,
    logitsProcessors: form ? [form, ...processors] : processors,
    stopStrings: stop.length > 0 ? { strings: stop, decode } : undefined,
  };
  const streams = Array.from({ length: samples }, () =>
    textStream(decode, { stopStrings: stop, after: prompt }),
  );
  const texts = streams.map(() => "");
  const add = (text: string, sample: number) => {
    texts[sample] += text;
    tell(text, sample);
  };
  const finish = (rows: readonly Omit<Continued, "text">[]): Continued[] =>
    rows.map((row, sample) => {
      add(streams[sample]!.end(), sample);
      return { ...row, text: texts[sample]! };
    });
  if (draft !== undefined) {
    const { prompt: _, ...options } = settings;
    const events = generateSpeculative(model, prompt, { ...options, draft, random, signal });
    for (;;) {
      const { done, value } = await events.next();
      if (!done) add(streams[0]!.push(value.id), 0);
      else {
        const { ids, stopped, drafted, accepted, passes } = value;
        return finish([{ ids, stopped, scores: [], drafts: { drafted, accepted, passes } }]);
      }
    }
  }
  const request = { ...settings, samples, sampler, logProbabilities: logprobs };
  const events = generateBatch(model, [request], { signal });
  for (;;) {
    const { done, value } = await events.next();
    if (done) return finish(value[0]!);
    add(streams[value.sample]!.push(value.id), value.sample);
  }
}
