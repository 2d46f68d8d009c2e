/** @file One scheme, measured on the prompts of a seed. */
import { setTimeout as delay } from "node:timers/promises";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import { type ComparisonRow, compareSchemes, type ProxyLM, trainNgram } from "@deepgrain/watermark";
import { withPieces } from "./coloured-samples";
import { cachedModel, sameModelProxy } from "./language-model";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import type { ComparedScheme } from "./variants";

/** The inputs of the schemes. */
export interface ComparisonParts {
  model: CausalLM;
  tokenizer: Tokenizer;
  /** Judges quality. Default: the model that writes. */
  judge?: CausalLM | undefined;
  /** Ids, each the start of a text for every scheme. */
  prompts(seed: number): readonly (readonly number[])[];
  /** Human text: the n-gram proxy learns from its first half, pieces are pasted into the rest. */
  human: readonly number[];
}

/** Time between two signs of life. */
const REPORT_MS = 500;

function proxyOf(
  proxy: NonNullable<ComparedScheme["proxy"]>,
  { model, tokenizer, human }: ComparisonParts,
): ProxyLM {
  if (proxy === "model") return sameModelProxy(model, tokenizer);
  const learnt = human.slice(0, human.length >> 1);
  return trainNgram([learnt], { vocabSize: model.config.vocabSize, id: "n-gram" });
}

/** Measures one scheme on the prompts of a seed; all schemes draw from one stream. */
export async function* compareOne(
  { name, profile, proxy, substitutions, tokens: own }: ComparedScheme,
  {
    parts,
    settings,
    seed,
    signal,
  }: {
    parts: ComparisonParts;
    settings: ComparisonSettings;
    seed: number;
    signal: AbortSignal;
  },
): AsyncGenerator<RunEvent, ComparedRow, void> {
  const { tokens = settings.tokens, temperature } = { ...settings, ...(own && { tokens: own }) };
  const { model, judge, human } = parts;
  const prompts = parts.prompts(seed);
  // Writing marked and unmarked, then reading both for their perplexity.
  const all = prompts.length * 4 * tokens;
  let read = 0;
  const count = (texts: number) => {
    read += texts;
  };
  const writer = cachedModel(model, count);
  const reader = judge && cachedModel(judge, count);
  const rows = compareSchemes({
    profiles: [{ name, profile }],
    model: writer.next,
    judge: reader?.next,
    prompts,
    ...(substitutions
      ? { substitutions }
      : { human: human.slice(human.length >> 1).slice(0, 2 * tokens) }),
    tokens,
    temperature,
    random: createRandom([seed, 2]).next,
    signal,
    ...(proxy && { proxy: proxyOf(proxy, parts) }),
  });
  const pending = rows.next();
  pending.catch(() => {}); // also where no caller waits for it any more
  try {
    for (;;) {
      const found = await Promise.race([pending, delay(REPORT_MS)]);
      const row = found && withPieces(found.value as ComparisonRow, parts.tokenizer);
      if (row) return { ...row, profile, ...(proxy && { proxy }) };
      yield { type: "progress", done: Math.min(1, read / all) };
    }
  } finally {
    await pending.catch(() => {});
    writer.dispose();
    reader?.dispose();
  }
}
