import { setTimeout as delay } from "node:timers/promises";
import { type RunEvent, type Study, study } from "@deepgrain/lab";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { type ComparisonRow, compareSchemes, type ProxyLM, trainNgram } from "@deepgrain/watermark";
import { claims } from "./claims";
import { withPieces } from "./coloured-samples";
import { finding } from "./finding";
import { introduction } from "./introduction";
import { cachedModel, sameModelProxy } from "./language-model";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import { sections } from "./report";
import { type ComparedScheme, comparedSchemes } from "./variants";

/** The inputs of the schemes. */
export interface ComparisonParts {
  model: CausalLM;
  tokenizer: Tokenizer;
  /** Ids, each the start of a text for every scheme. */
  prompts(seed: number): readonly (readonly number[])[];
  /** Human text: the n-gram proxy learns from its first half, pieces are pasted into the rest. */
  human: readonly number[];
}

/** Model steps between turns for signals and drawing. */
const STEPS_A_TURN = 32;
/** Time between two signs of life. */
const REPORT_MS = 500;

function proxies({ model, tokenizer, human }: ComparisonParts): Record<string, ProxyLM> {
  const { vocabSize } = model.config;
  const learnt = human.slice(0, human.length >> 1);
  return {
    model: sameModelProxy(model, tokenizer),
    ngram: trainNgram([learnt], { vocabSize, id: "n-gram" }),
  };
}

/** Measures one scheme on the prompts of a seed. */
async function* compareOne(
  { name, profile, proxy }: ComparedScheme,
  {
    parts,
    settings,
    seed,
    signal,
  }: {
    parts: ComparisonParts & { proxies: Record<string, ProxyLM> };
    settings: ComparisonSettings;
    seed: number;
    signal: AbortSignal;
  },
): AsyncGenerator<RunEvent, ComparedRow, void> {
  const { tokens, bits, temperature } = settings;
  const { model, human } = parts;
  const prompts = parts.prompts(seed);
  const at = comparedSchemes(settings.vocabSize, { bits, tokens }).findIndex(
    (s) => s.name === name,
  );
  // Writing marked and unmarked, then reading both for their perplexity.
  const all = prompts.length * 4 * tokens;
  let steps = 0;
  const writer = cachedModel(model, () => steps++);
  const next = async (ids: readonly number[]) => {
    if (steps % STEPS_A_TURN === 0) await takeTurn();
    signal.throwIfAborted();
    return writer.next(ids);
  };
  const rows = compareSchemes({
    profiles: [{ name, profile }],
    model: next,
    prompts,
    human: human.slice(human.length >> 1).slice(0, 2 * tokens),
    tokens,
    temperature,
    random: createRandom([seed, at]).next,
    signal,
    ...(proxy && { proxy: parts.proxies[proxy]! }),
  });
  const pending = rows.next();
  pending.catch(() => {}); // also where no caller waits for it any more
  try {
    for (;;) {
      const found = await Promise.race([pending, delay(REPORT_MS)]);
      const row = found && withPieces(found.value as ComparisonRow, parts.tokenizer);
      if (row) return { ...row, profile, ...(proxy && { proxy }) };
      yield { type: "progress", done: Math.min(1, steps / all) };
    }
  } finally {
    await pending.catch(() => {});
    writer.dispose();
  }
}

/** Every scheme with the same prompts and the same model, on this thread. */
export function watermarkStudy(
  parts: ComparisonParts,
  settings: ComparisonSettings,
): Study<ComparisonSettings, ComparedRow, ComparedScheme> {
  const all = { ...parts, proxies: proxies(parts) };
  return study({
    name: "balance-marking",
    ...introduction,
    settings,
    variants: ({ vocabSize, bits, tokens }) => comparedSchemes(vocabSize, { bits, tokens }),
    run: (scheme, seed, { settings: own, signal }) =>
      compareOne(scheme, { parts: all, settings: own, seed, signal }),
    claims,
    finding,
    sections,
  });
}
