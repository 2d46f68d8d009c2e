import { takeTurn } from "@deepgrain/support";
import { copyPaste, type Random, substitute } from "../attacks/token-attacks";
import { continueText } from "../core/sampler";
import type { SchemeResources } from "../core/scheme";
import { optionsOf, refuseUnknown } from "../errors";
import { randomKey } from "../prf/key";
import type { ProfileInput } from "../profile";
import { createWatermark, type Watermark } from "../watermark/create-watermark";
import { forgedRate } from "./forged-rate";
import { distinctN, type LanguageModel, perplexity } from "./quality";
import { bitAccuracy, codingRate, type Rate, wilson } from "./rates";

/** Options of `compareSchemes`. */
export interface CompareOptions extends SchemeResources {
  /** Schemes to compare. */
  profiles: readonly { name: string; profile: ProfileInput }[];
  /** The model that generates the texts. */
  model: LanguageModel;
  /** A separate model that judges quality. Default: the generating model. */
  judge?: LanguageModel | undefined;
  /** Prompts. Each gives one text per scheme, with its own random key and payload. */
  prompts: readonly (readonly number[])[];
  /** Tokens per text. Default 200. */
  tokens?: number | undefined;
  /** Shares of substituted tokens. Default 0, 0.1, 0.3, 0.5. */
  substitutions?: readonly number[] | undefined;
  /** Human text to paste into, for the copy-paste column. */
  human?: ArrayLike<number> | undefined;
  /** Largest p-value that counts as found. Default 1e-3. */
  alpha?: number | undefined;
  temperature?: number | undefined;
  /**
   * Texts that a forger may read of each scheme, all under one key, and as many without a mark: `forged` then says how often
   * what it writes is taken for marked. They are written from the prompts in turn. Default 0: not measured.
   */
  forgerReads?: number | undefined;
  random: Random;
  /** Milliseconds. Default `performance.now`. */
  now?: (() => number) | undefined;
  signal?: AbortSignal | undefined;
}

const compareNames: readonly (keyof CompareOptions)[] = [
  "profiles",
  "model",
  "judge",
  "prompts",
  "tokens",
  "substitutions",
  "human",
  "alpha",
  "temperature",
  "forgerReads",
  "random",
  "now",
  "signal",
  "proxy",
  "frequencies",
];

/** The options of one comparison, with defaults filled in. */
interface CompareSettings {
  model: LanguageModel;
  judge: LanguageModel;
  prompts: readonly (readonly number[])[];
  tokens: number;
  substitutions: readonly number[];
  human: ArrayLike<number> | undefined;
  alpha: number;
  temperature: number;
  forgerReads: number;
  random: Random;
  now: () => number;
  signal: AbortSignal | undefined;
  resources: SchemeResources;
}

/** One scheme's row. */
export interface ComparisonRow {
  name: string;
  payloadBits: number;
  /** Payload bits per token. */
  codingRate: number;
  /** Exact payload (or presence, for schemes without payload) by share of substituted tokens. */
  success: { substitution: number; rate: Rate; bitAccuracy: number }[];
  /** The same after pasting the complete text into human text, searched by windows. */
  copyPaste: Rate | undefined;
  /** Texts detected at `alpha`, without an attack. */
  detected: Rate;
  /** Forged texts detected at `alpha`: how easily others are made to look like the author. */
  forged?: Rate | undefined;
  /** exp of the mean difference of log-perplexities, marked against unmarked texts. */
  perplexityRatio: number;
  /** Share of distinct bigrams, marked and unmarked. */
  distinct2: number;
  distinct2Unmarked: number;
  /** Microseconds per token, without the language model. */
  encodeMicros: number;
  decodeMicros: number;
  /** The first text: ids, and the evidence of each token in standard deviations, to two digits; 0 where not scored. */
  sample: { ids: number[]; evidence: number[]; pValue: number };
}

interface Tally {
  right: number;
  accuracy: number;
}

/** Whether a text still carries its payload. */
function judgeText(
  watermark: Watermark,
  ids: readonly number[],
  payload: Uint8Array | undefined,
  alpha: number,
  windows?: { sizes: number[] },
): { isRight: boolean; accuracy: number } {
  const options = { alpha, ...(windows && { windows }) };
  const detection = watermark.detect(ids, options);
  if (!payload) {
    const isRight = detection.verdict === "found";
    return { isRight, accuracy: Number(isRight) };
  }
  if (detection.verdict === "insufficient") return { isRight: false, accuracy: 0.5 };
  const accuracy = bitAccuracy(watermark.decode(ids, options).bits, payload);
  return { isRight: accuracy === 1, accuracy };
}

function sampleOf(watermark: Watermark, ids: number[]): ComparisonRow["sample"] {
  const { tokens, detection } = watermark.explain(ids);
  const evidence = tokens.map((token) => Math.round(100 * token.evidence) / 100);
  return { ids, evidence, pValue: detection.pValue };
}

/** Wraps a processor to accumulate its own time. */
function timed(watermark: Watermark, payload: Uint8Array | undefined, now: () => number) {
  const inner = watermark.createProcessor(payload ? { payload } : {});
  const clock = { ms: 0 };
  const run = (ids: ArrayLike<number>, logits: Float32Array) => {
    const started = now();
    inner(ids, logits);
    clock.ms += now() - started;
    return logits;
  };
  const prepare = inner.prepare && {
    prepare: async (ids: ArrayLike<number>) => {
      const started = now();
      await inner.prepare!(ids);
      clock.ms += now() - started;
    },
  };
  return { processor: Object.assign(run, { reset: inner.reset }, prepare), clock };
}

/**
 * Runs every scheme on the same prompts with the same language model and returns the table of Wang et al. 2024:
 * payload, coding rate, success under substitution and copy-paste, perplexity ratio,
 * diversity, and time.
 *
 * @returns one row per profile, yielded as each is complete
 */
export async function* compareSchemes(options: CompareOptions): AsyncGenerator<ComparisonRow> {
  const {
    profiles,
    model,
    judge = model,
    prompts,
    tokens = 200,
    substitutions = [0, 0.1, 0.3, 0.5],
    human,
    alpha = 1e-3,
    temperature = 1,
    forgerReads = 0,
    random,
    now = () => performance.now(),
    signal,
    proxy,
    frequencies,
    ...rest
  } = optionsOf("compareSchemes", options);
  refuseUnknown("compareSchemes", rest, compareNames);
  const run = { model, judge, prompts, tokens, substitutions, human, alpha, temperature };
  const shared = { ...run, forgerReads, random, now, signal, resources: { proxy, frequencies } };
  for (const { name, profile } of profiles) yield await compareOne(name, profile, shared);
}

async function compareOne(
  name: string,
  profile: ProfileInput,
  options: CompareSettings,
): Promise<ComparisonRow> {
  const { model, judge, prompts, tokens, substitutions, human, alpha } = options;
  const { forgerReads, random, now, resources } = options;
  const tallies = substitutions.map((): Tally => ({ right: 0, accuracy: 0 }));
  const sums = { pasted: 0, found: 0, logRatio: 0, distinct: 0, plain: 0, encode: 0, decode: 0 };
  let payloadBits = 0;
  let sample: ComparisonRow["sample"] = { ids: [], evidence: [], pValue: 1 };
  for (const [index, prompt] of prompts.entries()) {
    await takeTurn();
    options.signal?.throwIfAborted();
    const watermark = createWatermark(profile, randomKey(random), resources);
    payloadBits = watermark.messageBits;
    const payload = payloadBits
      ? Uint8Array.from({ length: payloadBits }, () => (random() < 0.5 ? 0 : 1))
      : undefined;
    const { signal, temperature } = options;
    const sampling = { random, prompt, temperature, signal };
    const { processor, clock } = timed(watermark, payload, now);
    const text = await continueText(model, processor, tokens, sampling);
    const plain = await continueText(model, undefined, tokens, sampling);
    sums.encode += clock.ms;
    await watermark.prepare(text);
    const started = now();
    if (watermark.detect(text, { alpha }).verdict === "found") sums.found++;
    sums.decode += now() - started;
    if (index === 0) sample = sampleOf(watermark, text);
    for (const [i, rate] of substitutions.entries()) {
      const replacement = { vocabSize: watermark.profile.vocab_size };
      const edited = substitute(text, rate, replacement, random);
      await watermark.prepare(edited);
      const { isRight, accuracy } = judgeText(watermark, edited, payload, alpha);
      tallies[i]!.right += Number(isRight);
      tallies[i]!.accuracy += accuracy;
    }
    if (human) {
      const { ids } = copyPaste(text, human, 1, random);
      await watermark.prepare(ids);
      const windows = { sizes: [tokens] };
      sums.pasted += Number(judgeText(watermark, ids, payload, alpha, windows).isRight);
    }
    sums.logRatio += Math.log(await perplexity(judge, text, prompt));
    sums.logRatio -= Math.log(await perplexity(judge, plain, prompt));
    sums.distinct += distinctN(text, 2);
    sums.plain += distinctN(plain, 2);
  }
  const count = prompts.length;
  const perToken = 1000 / (count * tokens);
  return {
    name,
    payloadBits,
    codingRate: codingRate(payloadBits, tokens),
    success: tallies.map(({ right, accuracy }, i) => ({
      substitution: substitutions[i]!,
      rate: wilson(right, count),
      bitAccuracy: accuracy / count,
    })),
    copyPaste: human && wilson(sums.pasted, count),
    detected: wilson(sums.found, count),
    ...(forgerReads > 0 && { forged: await forgedRate(profile, options, forgerReads) }),
    perplexityRatio: Math.exp(sums.logRatio / count),
    distinct2: sums.distinct / count,
    distinct2Unmarked: sums.plain / count,
    encodeMicros: sums.encode * perToken,
    decodeMicros: sums.decode * perToken,
    sample,
  };
}
