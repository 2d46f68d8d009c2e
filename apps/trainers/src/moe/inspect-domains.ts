import { basename } from "node:path";
import { overlapMatrix } from "@deepgrain/esft";
import {
  type CausalLM,
  type LabelledBatch,
  lossAndLoad,
  sequentialBatches,
  type Tokenizer,
} from "@deepgrain/lm";
import { type LayerLoad, withoutExperts } from "@deepgrain/moe";
import { layersOf } from "@deepgrain/studies/shared/layer-rows";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import type { CliContext } from "../cli/context";
import { readTexts } from "../run/pretraining-texts";

/** Experts by the number of their layer. */
export type ExpertsByLayer = ReadonlyMap<number, readonly number[]>;

/** How a text uses the experts of a layer. */
interface LayerUse {
  /** Share of the choices that fall on each expert. */
  shares: number[];
  /** Experts that no token chose. */
  dead: number[];
  /** (largest − mean) / mean of the choices. */
  maxViolation: number;
  /** Share of the choices that the busiest quarter of the experts gets. */
  busiestQuarter: number;
}

/** A text, and a model's results on it. */
export interface DomainUse {
  name: string;
  tokens: number;
  /** Nats per token. */
  loss: number;
  layers: Record<string, LayerUse>;
  /** The loss with the named experts switched off; absent where none is. */
  lossWithout?: number | undefined;
}

interface Domain {
  name: string;
  batches: LabelledBatch[];
}

interface DomainOptions {
  tokenizer: Tokenizer;
  tokens: number;
  shape: { blockLength: number; batchSize: number };
}

/** Reads `NAME=FILE` or `FILE`, separated by commas; files of one name are one text. @throws {UsageError} */
export async function readDomains(
  data: string,
  { tokenizer, tokens, shape }: DomainOptions,
  context: CliContext,
): Promise<Domain[]> {
  const files = new Map<string, string[]>();
  for (const part of data.split(",").filter((own) => own.trim() !== "")) {
    const at = part.indexOf("=");
    const path = part.slice(at + 1).trim();
    const name = at > 0 ? part.slice(0, at).trim() : basename(path).replace(/\.(txt|jsonl)$/, "");
    files.set(name, [...(files.get(name) ?? []), path]);
  }
  const domains: Domain[] = [];
  for (const [name, paths] of files) {
    const documents = await readTexts(paths.join(","), context);
    const ids = await tokenStream(documents, tokenizer, { signal: context.signal });
    const length = Math.min(shape.blockLength, ids.length);
    const blocks = Math.max(1, Math.ceil(tokens / length));
    const own = { ...shape, blockLength: length, blocks };
    domains.push({ name, batches: sequentialBatches(ids, own) });
  }
  return domains;
}

function useOf({ counts, dead, maxVioGlobal: maxViolation }: LayerLoad): LayerUse {
  const total = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const shares = Array.from(counts, (count) => count / total);
  const quarter = Math.max(1, Math.round(shares.length / 4));
  const busiest = [...shares].sort((a, b) => b - a).slice(0, quarter);
  return { shares, dead, maxViolation, busiestQuarter: busiest.reduce((a, b) => a + b, 0) };
}

/** Measures how each text uses the experts of a model, and what it loses without some of them. */
export async function inspectDomains(
  model: CausalLM,
  domains: readonly Domain[],
  off: ExpertsByLayer,
  { progress, signal }: Pick<CliContext, "progress" | "signal">,
): Promise<DomainUse[]> {
  const numbers = [...model.moeLayers.keys()];
  const uses: DomainUse[] = [];
  for (const { name, batches } of domains) {
    const task = progress.task(`Reading ${name}`);
    const passes = off.size > 0 ? 2 : 1;
    let pass = 0;
    const onBatch = (done: number) =>
      task.update((pass + done / batches.length) / passes, `${done} of ${batches.length} batches`);
    const { loss, load } = await lossAndLoad(model, batches, { signal, onBatch });
    const layers = load.map((layer, i) => [numbers[i]!, useOf(layer)]);
    const use: DomainUse = {
      name,
      tokens: batches.reduce((sum, { ids }) => sum + ids.length, 0),
      loss,
      layers: Object.fromEntries(layers),
    };
    if (off.size > 0) {
      pass = 1;
      const measure = () => lossAndLoad(model, batches, { signal, onBatch });
      use.lossWithout = (await withoutExperts(model.moeLayers, off, measure)).loss;
    }
    task.end(`${use.tokens} tokens`);
    uses.push(use);
  }
  return uses;
}

/** How many of the `topK` best experts of a layer two texts share, mean over layers: a row per text. */
export const overlapsOf = (uses: readonly DomainUse[], topK: number): number[][] => {
  const scores = uses.map(({ layers }) =>
    layersOf(Object.fromEntries(Object.entries(layers).map(([layer, own]) => [layer, own.shares]))),
  );
  return overlapMatrix(new Map(scores.map((own, i) => [String(i), own])), topK).overlap;
};
