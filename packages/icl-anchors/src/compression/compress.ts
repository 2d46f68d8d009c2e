import { createRandom } from "@deepgrain/lm";
import { having, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import { labelLoyalty, wordLoyalty } from "../isolation/loyalty";
import type { HookedModel } from "../model";
import { assertField, assertLabels, checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type Answer, accuracyOf, answers, type RunOptions } from "../run/answers";
import { answerCompressed, compressedContext, queryPrompt } from "./compressed-context";
import { keptPositions } from "./kept-positions";
import type { CompressionVariant } from "./variants";
import { compressionVariants } from "./variants";

/** Options of {@link compress}. */
export interface CompressOptions extends RunOptions {
  /** Default `"hidden-anchor"`. */
  variant?: CompressionVariant | undefined;
  /** Default `"continue"`; `"restart"` is the behaviour of the paper's GPT-2 script. */
  queryPositions?: "continue" | "restart" | undefined;
  /** Number of draws for `hidden-random-top`. Default 20. */
  draws?: number | undefined;
  /** Seed of the random variants, a whole number. Default 0. */
  seed?: number | undefined;
  /** Number of tokens compared by word loyalty. Default 5. */
  topK?: number | undefined;
  /** Answers to the full prompts, if they are known already. */
  original?: readonly Answer[] | undefined;
}

const compressNames: readonly (keyof CompressOptions)[] = [
  "variant",
  "queryPositions",
  "draws",
  "seed",
  "topK",
  "original",
  "batchSize",
  "onProgress",
  "signal",
];

/** How well the answers are preserved after compression. */
export interface CompressionResult {
  labelLoyalty: number;
  wordLoyalty: number;
  accuracy: number | null;
  originalAccuracy: number | null;
  /** Mean number of demonstration tokens: kept, and total. */
  keptTokens: number;
  demonstrationTokens: number;
  variant: CompressionVariant;
  queryPositions: "continue" | "restart";
  prompts: number;
}

/** Consecutive prompts with the same demonstrations. */
function* sharedDemonstrations(prompts: readonly Prompt[]): Generator<readonly Prompt[]> {
  const head = ({ ids, queryStart }: Prompt) => Array.from(ids).slice(0, queryStart).join();
  for (let first = 0; first < prompts.length; ) {
    const wanted = head(prompts[first]!);
    let end = first + 1;
    while (end < prompts.length && head(prompts[end]!) === wanted) end++;
    yield prompts.slice(first, end);
    first = end;
  }
}

/** The remaining tokens, as a prompt of their own. */
function textPrompt(prompt: Prompt, kept: readonly number[]): Prompt {
  const ids = Array.from(prompt.ids);
  const query = queryPrompt(prompt);
  return {
    ...query,
    ids: [...kept.map((position) => ids[position]!), ...Array.from(query.ids)],
    target: kept.length + query.target,
  };
}

/**
 * Answers the query blocks on compressed demonstrations, and compares with the full prompts.
 *
 * @param prompts with `queryStart` and `formatPositions`; consecutive ones with the same demonstrations share one
 *   compressed context
 * @throws {AnchorsError} `ERR_MISSING` for prompts without these fields or a class without demonstration, `ERR_RANGE` and
 *   `ERR_ARGUMENT` for options, and as `answers`
 * @see Wang et al. 2023, section 3.2
 */
export async function compress(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: CompressOptions = {},
): Promise<CompressionResult> {
  const {
    variant = "hidden-anchor",
    queryPositions = "continue",
    draws = 20,
    seed = 0,
    topK = 5,
    original: known,
    batchSize,
    onProgress,
    signal,
    ...rest
  } = optionsOf("compress", options);
  refuseUnknown("compress", rest, compressNames);
  oneOf("compress", "variant", variant, compressionVariants);
  oneOf("compress", "queryPositions", queryPositions, ["continue", "restart"]);
  whole("compress", "draws", draws, { min: 1 });
  whole("compress", "topK", topK, { min: 1 });
  having("compress", "model", model, "config", "hiddenStates", "head");
  checkPrompts("compress", model, prompts);
  assertLabels("compress", prompts);
  for (const field of ["queryStart", "formatPositions"] as const)
    assertField("compress", prompts, field);
  if (variant.startsWith("hidden-random")) assertField("compress", prompts, "textPositions");
  whole("compress", "seed", seed, { min: 0 });
  const run = { topK, signal, batchSize };
  const original = known ?? (await answers(model, prompts, run));
  let best: { given: Answer[]; kept: number; loyalty: number } | undefined;
  const attempts = variant === "hidden-random-top" ? draws : 1;
  for (let draw = 0; draw < attempts; draw++) {
    const { given, kept } = await answerVariant(model, prompts, {
      variant,
      queryPositions,
      seed,
      draw,
      run,
      onProgress: (done) => onProgress?.(draw * prompts.length + done, attempts * prompts.length),
    });
    const loyalty = labelLoyalty(original, given);
    if (!best || loyalty > best.loyalty) best = { given, kept, loyalty };
  }
  const { given, kept, loyalty } = best!;
  const read = prompts.reduce((sum, { queryStart }) => sum + queryStart!, 0);
  return {
    labelLoyalty: loyalty,
    wordLoyalty: wordLoyalty(original, given, { k: topK }),
    accuracy: accuracyOf(prompts, given),
    originalAccuracy: accuracyOf(prompts, original),
    keptTokens: kept / prompts.length,
    demonstrationTokens: read / prompts.length,
    variant,
    queryPositions,
    prompts: prompts.length,
  };
}

/** How one draw of a variant is run. */
interface VariantRun {
  variant: CompressionVariant;
  queryPositions: "continue" | "restart";
  seed: number;
  draw: number;
  run: RunOptions & { topK: number };
  onProgress: (done: number) => void;
}

async function answerVariant(
  model: HookedModel,
  prompts: readonly Prompt[],
  { variant, queryPositions, seed, draw, run, onProgress }: VariantRun,
): Promise<{ given: Answer[]; kept: number }> {
  const given: Answer[] = [];
  let kept = 0;
  for (const group of sharedDemonstrations(prompts)) {
    const first = group[0]!;
    const { next: random } = createRandom([seed, draw, given.length]);
    const positions = keptPositions(first, variant, { random });
    kept += positions.length * group.length;
    if (variant === "text-anchor") {
      const texts = group.map((prompt) => textPrompt(prompt, positions));
      given.push(...(await answers(model, texts, run)));
    } else {
      const demonstrations = Array.from(first.ids).slice(0, first.queryStart);
      const context = compressedContext(model, demonstrations, positions);
      try {
        given.push(...(await answerCompressed(model, context, group, { ...run, queryPositions })));
      } finally {
        context.dispose();
      }
    }
    onProgress(given.length);
  }
  return { given, kept };
}
