import { type CausalLM, saveModel, saveTokenizer } from "@deepgrain/lm";
import { byteTokenizer } from "../models/byte-tokenizer";
import type { ModelFiles } from "../models/folder-files";
import { openOnce } from "../shell/open-once";
import { measureDrops } from "./measure-drops";
import { createModel } from "./pair";
import { type Both, type Kind, kinds } from "./pair-names";
import { type Off, type Probe, probe } from "./probe";
import { openShipped } from "./shipped";
import { type SplitText, splitText } from "./text";
import { type PairEvent, trainPair } from "./train-pair";
import { scoreTask, type TuneEvent, tuneTask } from "./tune";

/** Both models, and the text that they learn from. */
interface Held {
  pair: Both<CausalLM>;
  text: SplitText;
}

/** Events while both models are trained; at the end they are looked at. */
export type TrainingEvent =
  | PairEvent
  | { type: "probes"; probes: Both<Probe>; scores: number[][]; drops: Both<number[]> };

function dispose({ pair }: Held): void {
  for (const kind of kinds) pair[kind].dispose();
}

/**
 * The work of the mixture's page: it holds two models, the shipped ones at first, then those trained last.
 * @param read a shipped file by its name
 */
export function createSession(read: Parameters<typeof openShipped>[0]) {
  let trained: Held | undefined;
  const open = openOnce(() => openShipped(read));
  const held = async (isShipped = false): Promise<Held> =>
    (isShipped ? undefined : trained) ?? (await open());

  /** Trains both models anew. @param run.bytes of the visitor's text; default: the shipped one */
  async function* train(
    { seed, steps, bytes }: { seed: number; steps: number; bytes?: Uint8Array | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<TrainingEvent, void> {
    const text = bytes ? splitText(bytes) : (await open()).text;
    const fresh: Held = {
      text,
      pair: { coarse: createModel("coarse", seed), fine: createModel("fine", seed) },
    };
    let isDone = false;
    try {
      yield* trainPair(fresh.pair, text, { seed, steps }, signal);
      const look = (kind: Kind) => probe(fresh.pair[kind], text, { off: [], seed }, signal);
      const probes = { coarse: await look("coarse"), fine: await look("fine") };
      const scores = await scoreTask(fresh.pair.fine, signal);
      const drop = (kind: Kind) =>
        measureDrops(fresh.pair[kind], text, { kind, loads: probes[kind].loads }, signal);
      const drops = { coarse: await drop("coarse"), fine: await drop("fine") };
      isDone = true;
      yield { type: "probes", probes, scores, drops };
    } finally {
      if (isDone && trained) dispose(trained);
      if (isDone) trained = fresh;
      else dispose(fresh);
    }
  }

  /** Looks at one model with some of its experts off. @param run.isShipped whether at the one that the page ships in any case */
  async function* look(
    {
      kind,
      off,
      seed,
      isShipped,
    }: { kind: Kind; off: Off; seed: number; isShipped?: boolean | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<Probe, void> {
    const { pair, text } = await held(isShipped);
    yield await probe(pair[kind], text, { off, seed }, signal);
  }

  /** Tunes copies of the fine model: the chosen experts alone, then all weights. */
  async function* tune(
    {
      chosen,
      seed,
      isShipped,
    }: {
      chosen: readonly (readonly number[])[];
      seed: number;
      isShipped?: boolean | undefined;
    },
    signal: AbortSignal,
  ): AsyncGenerator<TuneEvent, void> {
    const { pair, text } = await held(isShipped);
    const files = new Map<string, Blob>();
    await saveModel(files, pair.fine, { signal });
    yield* tuneTask({ files, text, chosen, seed }, signal);
  }

  /** Yields the files of one model, to open it elsewhere. */
  async function* files(
    { kind }: { kind: Kind },
    signal: AbortSignal,
  ): AsyncGenerator<ModelFiles, void> {
    const { pair } = await held();
    const found = new Map<string, Blob>();
    await saveModel(found, pair[kind], { signal });
    await saveTokenizer(found, { tokenizer: byteTokenizer() });
    yield found;
  }

  return { train, look, tune, files };
}
