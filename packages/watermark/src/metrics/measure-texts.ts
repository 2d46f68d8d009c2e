/** @file What texts of one scheme give: written, read, edited and measured. */
import { takeTurn } from "@deepgrain/support";
import { copyPaste, type Random, substitute } from "../attacks/token-attacks";
import type { SchemeResources } from "../core/scheme";
import { randomKey } from "../prf/key";
import type { ProfileInput } from "../profile";
import { createWatermark, type Watermark } from "../watermark/create-watermark";
import { distinctN, klDivergence, type LanguageModel } from "./quality";
import { bitAccuracy } from "./rates";
import { logPerplexities, writeTexts } from "./write-texts";

/** The options of one comparison, with defaults filled in. */
export interface CompareSettings {
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

/** Whether a text still carries its payload. */
function judgeText(
  watermark: Watermark,
  ids: readonly number[],
  payload: Uint8Array | undefined,
  alpha: number,
  windows?: { sizes: number[] },
): { isRight: boolean; accuracy: number } {
  const options = { alpha, windows };
  const detection = watermark.detect(ids, options);
  if (!payload) {
    const isRight = detection.verdict === "found";
    return { isRight, accuracy: Number(isRight) };
  }
  if (detection.verdict === "insufficient") return { isRight: false, accuracy: 0.5 };
  const accuracy = bitAccuracy(watermark.decode(ids, options).bits, payload);
  return { isRight: accuracy === 1, accuracy };
}

/** Wraps a processor to accumulate its own time, and how far it moves each distribution. */
function timed(watermark: Watermark, payload: Uint8Array | undefined, now: () => number) {
  const inner = watermark.createProcessor(payload ? { payload } : {});
  const clock = { ms: 0 };
  const moved = { nats: 0 };
  const run = (ids: ArrayLike<number>, logits: Float32Array) => {
    const before = logits.slice();
    const started = now();
    inner(ids, logits);
    clock.ms += now() - started;
    moved.nats += klDivergence(logits, before);
    return logits;
  };
  const prepare = inner.prepare && {
    prepare: async (ids: ArrayLike<number>) => {
      const started = now();
      await inner.prepare!(ids);
      clock.ms += now() - started;
    },
  };
  return { processor: Object.assign(run, { reset: inner.reset }, prepare), clock, moved };
}

/** A text's key and payload, and the processor that marks it. */
function markOf(profile: ProfileInput, { random, now, resources }: CompareSettings) {
  const watermark = createWatermark(profile, randomKey(random), resources);
  const payload = watermark.messageBits
    ? Uint8Array.from({ length: watermark.messageBits }, () => (random() < 0.5 ? 0 : 1))
    : undefined;
  return { watermark, payload, ...timed(watermark, payload, now) };
}

type Mark = ReturnType<typeof markOf>;

/** Reads a marked text: as it is, edited, and pasted into human text. */
async function readMarked(
  { watermark, payload }: Mark,
  text: number[],
  { substitutions, human, alpha, tokens, random, now }: CompareSettings,
) {
  await watermark.prepare(text);
  const started = now();
  const isFound = watermark.detect(text, { alpha }).verdict === "found";
  const ms = now() - started;
  const replacement = { vocabSize: watermark.profile.vocab_size };
  const edited: ReturnType<typeof judgeText>[] = [];
  for (const share of substitutions) {
    const ids = substitute(text, share, replacement, random);
    await watermark.prepare(ids);
    edited.push(judgeText(watermark, ids, payload, alpha));
  }
  if (!human) return { isFound, ms, edited, isRightPasted: false };
  const { ids } = copyPaste(text, human, 1, random);
  await watermark.prepare(ids);
  const { isRight } = judgeText(watermark, ids, payload, alpha, { sizes: [tokens] });
  return { isFound, ms, edited, isRightPasted: isRight };
}

/** Writes, reads and measures texts from these prompts, with a mark and without. */
export async function measureTexts(
  profile: ProfileInput,
  prompts: readonly (readonly number[])[],
  options: CompareSettings,
) {
  const { model, judge, signal } = options;
  const marks = prompts.map((prompt) => ({ prompt, ...markOf(profile, options) }));
  const texts = await writeTexts(model, marks, options);
  const plain = await writeTexts(
    model,
    prompts.map((prompt) => ({ prompt })),
    options,
  );
  const readings: Awaited<ReturnType<typeof readMarked>>[] = [];
  for (const [i, mark] of marks.entries()) {
    await takeTurn();
    signal?.throwIfAborted();
    readings.push(await readMarked(mark, texts[i]!, options));
  }
  const losses = async (written: readonly number[][]) =>
    logPerplexities(
      judge,
      written.map((ids, i) => ({ ids, prompt: prompts[i]! })),
    );
  const [marked, unmarked] = [await losses(texts), await losses(plain)];
  return marks.map((mark, i) => ({
    ...mark,
    ...readings[i]!,
    text: texts[i]!,
    distinct: distinctN(texts[i]!, 2),
    distinctPlain: distinctN(plain[i]!, 2),
    logRatio: marked[i]! - unmarked[i]!,
  }));
}
