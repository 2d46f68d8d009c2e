import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import { type ComparisonRow, compareSchemes, type ProxyLM, trainNgram } from "@deepgrain/watermark";
import { nextTurn } from "../../cli/next-turn";
import type { ProgressTask } from "../../cli/progress";
import { cachedModel, sameModelProxy } from "./commands/language-model";
import { type ComparedScheme, comparedSchemes } from "./compare-profiles";

/** What is compared, and how. */
export interface ComparisonOptions {
  model: CausalLM;
  tokenizer: Tokenizer;
  /** Ids, each the start of a text for every scheme. */
  prompts: readonly (readonly number[])[];
  /** Human text: the n-gram proxy learns from its first half, pieces are pasted into the rest. */
  human: readonly number[];
  /** Tokens of a text. */
  tokens: number;
  bits: number;
  temperature: number;
  seed: number;
  task: ProgressTask;
  signal: AbortSignal;
}

/** A row with the profile that made it. */
export interface ComparedRow extends ComparisonRow {
  profile: ComparedScheme["profile"];
  /** Balance-Marking's proxy. */
  proxy?: ComparedScheme["proxy"];
}

/** Model steps between turns for signals and drawing. */
const STEPS_A_TURN = 32;

function proxies({
  model,
  tokenizer,
  human,
}: ComparisonOptions): Record<"model" | "ngram", ProxyLM> {
  const { vocabSize } = model.config;
  const learnt = human.slice(0, human.length >> 1);
  return {
    model: sameModelProxy(model, tokenizer),
    ngram: trainNgram([learnt], { vocabSize, id: "n-gram" }),
  };
}

/** @yields one row a scheme, as each is done; every scheme has the same prompts and the same model */
export async function* compareAll(options: ComparisonOptions): AsyncGenerator<ComparedRow, void> {
  const { model, prompts, human, tokens, bits, temperature, seed, task, signal } = options;
  const schemes = comparedSchemes(model.config.vocabSize, { bits, tokens });
  // Writing marked and unmarked, then reading both for their perplexity.
  const stepsPerScheme = prompts.length * 4 * tokens;
  let [steps, at] = [0, 0];
  const writer = cachedModel(model, () => {
    const done = at + Math.min(1, steps++ / stepsPerScheme);
    task.update(done / schemes.length, schemes[at]!.name);
  });
  const next = async (ids: readonly number[]) => {
    if (steps % STEPS_A_TURN === 0) await nextTurn();
    signal.throwIfAborted();
    return writer.next(ids);
  };
  const proxyOf = proxies(options);
  const pasted = human.slice(human.length >> 1).slice(0, 2 * tokens);
  try {
    for (const { name, profile, proxy } of schemes) {
      steps = 0;
      const rows = compareSchemes({
        profiles: [{ name, profile }],
        model: next,
        prompts,
        human: pasted,
        tokens,
        temperature,
        random: createRandom([seed, at]).next,
        signal,
        ...(proxy && { proxy: proxyOf[proxy] }),
      });
      for await (const row of rows) yield { ...row, profile, ...(proxy && { proxy }) };
      at++;
    }
  } finally {
    writer.dispose();
  }
}
