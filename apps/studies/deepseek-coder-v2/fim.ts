/** @file Experiment *fim*: how often to move middles, in which form, and in which order a repository's files stand. */
import { dependenciesOf, type FimMode, orderRepository, sentinels } from "@deepgrain/coder";
import type { RunContext, RunEvent } from "@deepgrain/lab";
import {
  type CausalLM,
  createRandom,
  createTokenizer,
  evaluate,
  generateBatch,
  type Tokenizer,
  type TokenizerFiles,
  trainBpe,
} from "@deepgrain/lm";
import { type CodeFile, repository } from "./corpora";
import {
  chunksOf,
  type Infill,
  infillPrompt,
  infillsOf,
  labelledRow,
  movedChunks,
  symbolSegments,
  withoutComments,
} from "./fim-data";
import { bitsPerByte, newMixture, packed, trainOn } from "./models";
import type { CoderSettings } from "./recipe";

/** The paper's four arms, and SPM beside. */
export const fimArms = {
  "fim-0": { name: "rate 0", rate: 0, mode: "psm" },
  "fim-50": { name: "PSM, rate 0.5", rate: 0.5, mode: "psm" },
  "fim-100": { name: "PSM, rate 1", rate: 1, mode: "psm" },
  "fim-msp": { name: "masked spans, rate 0.5", rate: 0.5, mode: "msp" },
  "fim-spm": { name: "SPM, rate 0.5", rate: 0.5, mode: "spm" },
} as const satisfies Record<string, { name: string; rate: number; mode: FimMode }>;
export type FimArm = keyof typeof fimArms;

/** Orders of a repository's files. */
export const orders = ["random", "topological", "path"] as const;
export type Order = (typeof orders)[number];

/** The skills of a model that was trained on code whose middles were moved. */
export interface FimResult {
  /** Held-out bits per byte from left to right. */
  leftToRight: number;
  /** Share of held-out lines that are filled in exactly, and nats per token of them. */
  exact: number;
  middle: number;
}

/** Nats per token of names of other files. */
export interface OrderResult {
  symbols: number;
  tokens: number;
}

type Context = Pick<RunContext<CoderSettings>, "settings" | "signal">;

/** Begin, end and padding, as `trainTokenizer` of `@deepgrain/lm` names them. */
const specialTokens = { bosToken: "<|begin|>", eosToken: "<|end|>", padToken: "<|pad|>" };

const PEAK = 3e-3;
/** Longest line that is filled in, in tokens. */
const LINE_TOKENS = 40;

async function codeTokenizer(texts: readonly string[], vocabSize: number): Promise<TokenizerFiles> {
  const { begin, hole, end } = sentinels.deepseek;
  const tokenizer = await trainBpe(texts, {
    vocabSize,
    specialTokens: [...Object.values(specialTokens), begin, hole, end],
  });
  return { tokenizer, config: { eos_token: specialTokens.eosToken } };
}

const splitFiles = <T>(files: readonly T[]) => ({
  train: files.filter((_, i) => i % 8 !== 7),
  heldOut: files.filter((_, i) => i % 8 === 7),
});

async function exactShare(
  model: CausalLM,
  infills: readonly Infill[],
  { tokenizer, mode, signal }: { tokenizer: Tokenizer; mode: FimMode; signal: AbortSignal },
): Promise<number> {
  const decode = (ids: ArrayLike<number>) => tokenizer.decode(ids, { skipSpecialTokens: true });
  const requests = infills.map((one) => ({
    prompt: tokenizer.encode(infillPrompt(one, mode), { addSpecialTokens: false }),
    maxNewTokens: LINE_TOKENS,
    eosTokenId: tokenizer.eosTokenId ?? null,
    stopStrings: { strings: ["\n"], decode },
  }));
  const run = generateBatch(model, requests, { signal });
  let next = await run.next();
  while (!next.done) next = await run.next();
  const right = next.value.filter(([made], i) => {
    const [line = ""] = decode(made!.ids).split("\n");
    return line.trim() === infills[i]!.line.trim();
  });
  return right.length / Math.max(1, infills.length);
}

/** A model that was trained on code whose middles were moved, and what it is measured on. */
export interface TrainedFim {
  model: CausalLM;
  tokenizer: Tokenizer;
  tokenizerFiles: TokenizerFiles;
  /** Pieces of files that it has not seen. */
  heldOut: string[];
  /** Tokens that it reads and writes at most. */
  positions: number;
}

/** Trains on code whose middles were moved. @param characters of the pieces in which they are */
export async function* trainFim(
  id: FimArm,
  seed: number,
  { settings, signal }: Context,
  characters: number = 2 * settings.length,
): AsyncGenerator<RunEvent, TrainedFim, void> {
  const { rate, mode } = fimArms[id];
  const { length, batchSize, vocabSize } = settings;
  const files = splitFiles(await repository(signal));
  const textsOf = (some: readonly CodeFile[]) => some.map(({ text }) => withoutComments(text));
  const tokenizerFiles = await codeTokenizer(textsOf(files.train), vocabSize);
  const tokenizer = await createTokenizer(tokenizerFiles);
  const chunks = chunksOf(textsOf(files.train), characters);
  const heldOut = chunksOf(textsOf(files.heldOut), characters);
  const positions = 2 * length + LINE_TOKENS;
  const model = newMixture(settings, { vocabSize: tokenizer.vocabSize, positions, seed });
  const texts = movedChunks(chunks, { rate, mode, seed });
  const data = await packed(texts, tokenizer, { length, batchSize, seed, signal });
  const options = { steps: settings.fimSteps, peak: PEAK, seed, signal };
  yield* trainOn(model, data, { ...options, name: fimArms[id].name, share: [0, 0.8] });
  return { model, tokenizer, tokenizerFiles, heldOut, positions };
}

/** Trains on code whose middles were moved, and measures it both ways. */
export async function* runFim(
  id: FimArm,
  seed: number,
  { settings, signal }: Context,
): AsyncGenerator<RunEvent, FimResult, void> {
  const { mode } = fimArms[id];
  const { length, batchSize, heldOutBlocks: blocks } = settings;
  const trained = yield* trainFim(id, seed, { settings, signal });
  const { model, tokenizer, heldOut, positions } = trained;
  const fits = ({ prefix, suffix }: Infill) =>
    tokenizer.encode(prefix + suffix).length < 2 * length - 8;
  const infills = infillsOf(heldOut, 3 * settings.infills)
    .filter(fits)
    .slice(0, settings.infills);
  const rows = infills.map((one) =>
    labelledRow(
      [
        { text: infillPrompt(one, mode), counts: false },
        { text: one.line, counts: true },
      ],
      tokenizer,
      positions,
    ),
  );
  const result = {
    leftToRight: await bitsPerByte(model, heldOut, tokenizer, {
      length,
      batchSize,
      blocks,
      signal,
    }),
    exact: await exactShare(model, infills, { tokenizer, mode, signal }),
    middle: (await evaluate(model, rows, { signal })).loss,
  };
  model.dispose();
  return result;
}

/** Files that were trained on, in an order; each behind its path. */
function orderedText(files: readonly CodeFile[], order: Order, seed: number): string[] {
  const paths = files.map(({ path }) => path);
  const byPath = new Map(files.map((file) => [file.path, file.text]));
  const dependsOn = Object.fromEntries(
    files.map((file) => [file.path, dependenciesOf(file, paths)] as const),
  );
  const { next: random } = createRandom([seed, 3]);
  return orderRepository(dependsOn, { order, random }).map((group) =>
    group.map((path) => `//${path}\n${byPath.get(path)!}\n`).join(""),
  );
}

/** Held-out files behind files that they import: what is measured are that file's names. */
function symbolRows(files: readonly CodeFile[], tokenizer: Tokenizer, length: number) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const paths = files.map(({ path }) => path);
  const rows = splitFiles(files).heldOut.flatMap((file) =>
    dependenciesOf(file, paths).flatMap((path) => {
      const { segments, symbols } = symbolSegments(byPath.get(path)!, file);
      return symbols === 0 ? [] : [labelledRow(segments, tokenizer, length)];
    }),
  );
  return rows.filter(({ labels }) =>
    Array.from(labels!)
      .slice(1)
      .some((label) => label >= 0),
  );
}

/** Trains on a repository in an order, and measures names of other files. */
export async function* runOrder(
  order: Order,
  seed: number,
  { settings, signal }: Context,
): AsyncGenerator<RunEvent, OrderResult, void> {
  const all = (await repository(signal)).map(({ path, text }) => ({
    path,
    text: withoutComments(text),
  }));
  const { train } = splitFiles(all);
  const texts = train.map(({ text }) => text);
  const tokenizer = await createTokenizer(await codeTokenizer(texts, settings.vocabSize));
  const length = 4 * settings.length;
  const batchSize = Math.max(1, settings.batchSize / 4);
  const model = newMixture(settings, { vocabSize: tokenizer.vocabSize, positions: length, seed });
  const ordered = orderedText(train, order, seed);
  const data = await packed(ordered, tokenizer, { length, batchSize, seed, signal });
  const options = { steps: settings.fimSteps, peak: PEAK, seed, signal };
  yield* trainOn(model, data, { ...options, name: `${order} order`, share: [0, 0.9] });
  const rows = symbolRows(all, tokenizer, length).slice(0, 2 * settings.infills);
  const { loss, tokens } = await evaluate(model, rows, { signal });
  model.dispose();
  return { symbols: loss, tokens };
}
