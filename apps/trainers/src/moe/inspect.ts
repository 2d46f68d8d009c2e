import { basename, resolve } from "node:path";
import { assertPath } from "@deepgrain/command-line/commands/check-inputs";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { modelName } from "@deepgrain/command-line/flags/hub-name";
import { readTexts } from "@deepgrain/command-line/trainings/pretraining-texts";
import { inspectText, type TextUse } from "@deepgrain/esft";
import {
  describeModel,
  type LabelledBatch,
  loadModel,
  loadTokenizer,
  type ModelDescription,
  sequentialBatches,
  type Tokenizer,
} from "@deepgrain/lm";
import type { MoeLayer } from "@deepgrain/moe";
import { bytes, percent } from "@deepgrain/studies/shared/numbers";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { inspectFlags } from "./flags";
import { inspectPage, overlapsOf } from "./inspect-page";

/**
 * Reads `LAYER:EXPERT,…`.
 * @throws {UsageError} for another form, a layer without experts, an expert that it does not have, or too few left
 */
function parseExperts(text: string, layers: ReadonlyMap<number, MoeLayer>): Map<number, number[]> {
  const chosen = new Map<number, number[]>();
  for (const part of text.split(",")) {
    const [, layer, expert] = /^\s*(\d+):(\d+)\s*$/.exec(part) ?? [];
    const own = layers.get(Number(layer ?? -1));
    if (!own)
      throw new UsageError(
        `--without must be LAYER:EXPERT, separated by commas, with layers ${[...layers.keys()].join(", ")}, got "${part.trim()}"`,
      );
    const { count } = own.experts;
    if (Number(expert) >= count)
      throw new UsageError(`--without ${part.trim()}: experts are 0 to ${count - 1}`);
    chosen.set(Number(layer), [...(chosen.get(Number(layer)) ?? []), Number(expert)]);
  }
  for (const [layer, experts] of chosen) {
    const { experts: count, topK } = layers.get(layer)!.config;
    if (count - new Set(experts).size < topK)
      throw new UsageError(
        `--without leaves layer ${layer} fewer than the ${topK} experts that a token passes`,
      );
  }
  return chosen;
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
async function readDomains(
  data: string,
  { tokenizer, tokens, shape }: DomainOptions,
  context: CommandContext,
): Promise<Domain[]> {
  const files = new Map<string, string[]>();
  for (const part of data.split(",").filter((own) => own.trim() !== "")) {
    const at = part.indexOf("=");
    const path = part.slice(at + 1).trim();
    const name = at > 0 ? part.slice(0, at).trim() : basename(path).replace(/\.(txt|jsonl)$/, "");
    if (path !== "english") assertPath(context.resolve(path), "--data");
    files.set(name, [...(files.get(name) ?? []), path]);
  }
  const domains: Domain[] = [];
  for (const [name, paths] of files) {
    const documents = await readTexts(paths, context);
    const ids = await tokenStream(documents, tokenizer, { signal: context.signal });
    const length = Math.min(shape.blockLength, ids.length);
    const blocks = Math.max(1, Math.ceil(tokens / length));
    const own = { ...shape, blockLength: length, blocks };
    domains.push({ name, batches: sequentialBatches(ids, own) });
  }
  return domains;
}

function* lines(model: ModelDescription, domains: readonly TextUse[]): Generator<string> {
  const { parameters, flops } = model;
  yield `${model.family}, ${model.mixtures} of ${model.layers} layers with ${model.experts} experts, ${model.topK} per token, ${model.shared} shared`;
  yield `${parameters.total} parameters, ${parameters.activated} per token; ${flops.forward.toExponential(3)} operations per token forward; ${bytes(model.bytes.weights)} of weights`;
  const { cache, expandedCache } = model.bytes;
  const without = cache < expandedCache ? `, ${bytes(expandedCache)} without latents` : "";
  yield `${bytes(cache)} of cache per token${without}`;
  for (const { name, tokens, loss, lossWithout, layers } of domains) {
    yield `${name}: loss ${loss.toFixed(4)} nats per token, ${tokens} tokens${lossWithout === undefined ? "" : `; ${lossWithout.toFixed(4)} without the experts switched off`}`;
    for (const [layer, { shares, dead, maxViolation, busiestQuarter }] of Object.entries(layers)) {
      const best = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, model.topK);
      yield `  layer ${layer}: busiest ${best.join(" ")}, quarter ${percent(busiestQuarter)}, MaxVio ${maxViolation.toFixed(3)}, dead ${dead.length === 0 ? "none" : dead.join(" ")}`;
    }
  }
}

/** `moe inspect`. */
export const inspect: RunCommand<typeof inspectFlags> = async (values, context) => {
  const { model: folder, data, without, tokens, batchSize, dtype, out, json } = values;
  const { write, signal } = context;
  if (without !== undefined && data === undefined)
    throw new UsageError("--without needs --data, on which the difference is measured");
  const model = await loadModel(folder, { dtype, signal });
  const { moeLayers, config } = model;
  if (moeLayers.size === 0)
    throw new FormatError(`${folder} has no layer with experts (${config.modelType})`);
  const off = without === undefined ? new Map() : parseExperts(without, moeLayers);
  const blockLength = Math.min(values.sequenceLength, config.maxPositionEmbeddings);
  const description = describeModel(config, { batchSize, sequenceLength: blockLength });
  const shape = { blockLength, batchSize };
  const options = { tokens, shape };
  const read =
    data === undefined
      ? []
      : await readDomains(data, { tokenizer: await loadTokenizer(folder), ...options }, context);
  const domains: TextUse[] = [];
  for (const text of read) {
    const task = context.progress.task(`Reading ${text.name}`);
    const onBatch = (done: number) => task.update(done, `${Math.round(100 * done)} %`);
    const use = await inspectText(model, text, { without: off, onBatch, signal });
    task.end(`${use.tokens} tokens`);
    domains.push(use);
  }
  model.dispose();
  const name = modelName(resolve(folder));
  if (out !== undefined) await out.save(inspectPage({ name, model: description, domains, off }));
  const overlaps = overlapsOf(domains, description.topK);
  const result = { model: description, domains, overlaps, without: Object.fromEntries(off) };
  write(json ? `${JSON.stringify(result)}\n` : `${[...lines(description, domains)].join("\n")}\n`);
};
