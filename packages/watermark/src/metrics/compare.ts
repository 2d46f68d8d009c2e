import { takeTurn } from "@deepgrain/support";
import type { Random } from "../attacks/token-attacks";
import type { SchemeResources } from "../core/scheme";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { ProfileInput } from "../profile";
import type { Watermark } from "../watermark/create-watermark";
import { forgedRate } from "./forged-rate";
import { type CompareSettings, measureTexts } from "./measure-texts";
import type { LanguageModel } from "./quality";
import { codingRate, type Rate, wilson } from "./rates";

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
  /**
   * Mean over tokens of KL(marked ‖ unmarked) in nats, under the key of each text. Without distortion it says how far the
   * key decides, not what that costs: see `distortion` for the mean over keys.
   */
  kl: number;
  /** Share of distinct bigrams, marked and unmarked. */
  distinct2: number;
  distinct2Unmarked: number;
  /** Microseconds per token, without the language model. */
  encodeMicros: number;
  decodeMicros: number;
  /** The first text: ids, and the evidence of each token in standard deviations, to two digits; 0 where not scored. */
  sample: { ids: number[]; evidence: number[]; pValue: number };
}

function sampleOf(watermark: Watermark, ids: number[]): ComparisonRow["sample"] {
  const { tokens, detection } = watermark.explain(ids);
  const evidence = tokens.map((token) => Math.round(100 * token.evidence) / 100);
  return { ids, evidence, pValue: detection.pValue };
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
  having("compareSchemes", "options", options, "profiles", "model");
  const run = { model, judge, prompts, tokens, substitutions, human, alpha, temperature };
  const shared = { ...run, forgerReads, random, now, signal, resources: { proxy, frequencies } };
  for (const { name, profile } of profiles) yield await compareOne(name, profile, shared);
}

const sumOf = <T>(list: readonly T[], value: (item: T) => number): number =>
  list.reduce((sum, item) => sum + value(item), 0);

async function compareOne(
  name: string,
  profile: ProfileInput,
  options: CompareSettings,
): Promise<ComparisonRow> {
  const { model, prompts, tokens, substitutions, human, forgerReads, signal } = options;
  const written: Awaited<ReturnType<typeof measureTexts>> = [];
  for (const group of model.batch ? [prompts] : prompts.map((prompt) => [prompt])) {
    await takeTurn();
    signal?.throwIfAborted();
    written.push(...(await measureTexts(profile, group, options)));
  }
  const count = prompts.length;
  const mean = (value: (item: (typeof written)[number]) => number) => sumOf(written, value) / count;
  const payloadBits = written[0]?.watermark.messageBits ?? 0;
  const first = written[0];
  return {
    name,
    payloadBits,
    codingRate: codingRate(payloadBits, tokens),
    success: substitutions.map((substitution, i) => ({
      substitution,
      rate: wilson(
        sumOf(written, ({ edited }) => Number(edited[i]!.isRight)),
        count,
      ),
      bitAccuracy: mean(({ edited }) => edited[i]!.accuracy),
    })),
    copyPaste:
      human &&
      wilson(
        sumOf(written, ({ isRightPasted }) => Number(isRightPasted)),
        count,
      ),
    detected: wilson(
      sumOf(written, ({ isFound }) => Number(isFound)),
      count,
    ),
    forged: forgerReads > 0 ? await forgedRate(profile, options, forgerReads) : undefined,
    perplexityRatio: Math.exp(mean(({ logRatio }) => logRatio)),
    kl: mean(({ moved }) => moved.nats) / tokens,
    distinct2: mean(({ distinct }) => distinct),
    distinct2Unmarked: mean(({ distinctPlain }) => distinctPlain),
    encodeMicros: (1000 * mean(({ clock }) => clock.ms)) / tokens,
    decodeMicros: (1000 * mean(({ ms }) => ms)) / tokens,
    sample: first ? sampleOf(first.watermark, first.text) : { ids: [], evidence: [], pValue: 1 },
  };
}
