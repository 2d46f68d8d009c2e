import { notJson } from "@deepgrain/support/json";
import { having, optionsOf, refuseUnknown, ScalingLawsError, whole } from "../errors";
import { configScale } from "../measures/config-parameters";
import { exactFlopsPerToken } from "../measures/flops-per-token";
import type { Run } from "./run";

/**
 * The texts of a run's folder by relative path: `metrics.jsonl`, `config.json` and, where they exist, `base/config.json` and
 * `run.json`.
 */
export type FolderTexts = Readonly<Record<string, string | undefined>>;

/** Facts that the folder does not record. */
export interface MetricsFolderOptions {
  /** Name of the folder, for error messages (default "run"). */
  folder?: string | undefined;
  /** Stage of the metrics to read (default "pretrain"). */
  stage?: string | undefined;
  /** Training sequence length in tokens; needed where neither config.json nor run.json says it. */
  sequenceLength?: number | undefined;
  /** Model scale M, instead of counting it from the model's config. */
  model?: number | undefined;
  seed?: number | undefined;
}

type Json = Readonly<Record<string, unknown>>;

interface StepRecord {
  type: string;
  step: number;
  [field: string]: unknown;
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

const failure = (
  code: "ERR_FORMAT" | "ERR_ARGUMENT",
  folder: string,
  message: string,
  fields = {},
) =>
  new ScalingLawsError(code, `scaling-laws/runFromFolder: ${folder}/${message}`, {
    fields: { folder, ...fields },
  });

function parseJson(text: string | undefined, folder: string, path: string): Json | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw failure("ERR_FORMAT", folder, `${path}: ${notJson(text)}`, { file: path });
  }
  if (isObject(value)) return value;
  throw failure("ERR_FORMAT", folder, `${path} must be a JSON object`, { file: path });
}

/** The records of a stage. A last line that a crash cut short is left out. */
function stageRecords(text: string, stage: string, folder: string): StepRecord[] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      const record: unknown = JSON.parse(line);
      return isObject(record) && record.stage === stage ? [record as unknown as StepRecord] : [];
    } catch {
      if (i === lines.length - 1) return [];
      throw failure("ERR_FORMAT", folder, `metrics.jsonl: ${notJson(line, i + 1)}`, {
        line: i + 1,
      });
    }
  });
}

/** Tokens up to the last evaluation, its loss, the batch and the highest rate. */
function readTraining(records: readonly StepRecord[], stage: string, folder: string) {
  const last = records.filter(({ type }) => type === "eval-end").at(-1);
  if (!last)
    throw failure(
      "ERR_FORMAT",
      folder,
      `metrics.jsonl has no eval-end record of stage "${stage}"`,
      { stage },
    );
  const { step, loss } = last;
  if (typeof loss !== "number" || !(loss > 0))
    throw failure(
      "ERR_FORMAT",
      folder,
      `metrics.jsonl: the eval-end record of step ${step} has the loss ${JSON.stringify(loss)}, expected a number above 0`,
      { step, loss },
    );
  const steps = records.filter((record) => record.type === "step-end" && record.step <= step);
  const tokens = steps.reduce((sum, record) => sum + Number(record.tokens), 0);
  if (!(tokens > 0))
    throw failure(
      "ERR_FORMAT",
      folder,
      `metrics.jsonl has no step-end records with tokens before the last evaluation (step ${step})`,
      { step },
    );
  const rates = steps.flatMap(({ lr }) => (typeof lr === "number" ? [lr] : []));
  return {
    loss,
    tokens,
    batchTokens: Number(steps[0]!.tokens),
    lr: rates.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** M, and the shape as far as it is known. */
function readScale(files: FolderTexts, options: MetricsFolderOptions, folder: string) {
  const job = parseJson(files["config.json"], folder, "config.json");
  const config = parseJson(files["base/config.json"], folder, "base/config.json") ?? job;
  const stage = isObject(job?.pretrain) ? job.pretrain : undefined;
  const { settings } = parseJson(files["run.json"], folder, "run.json") ?? {};
  const lengths = [stage, settings].map((one) => (isObject(one) ? one.sequenceLength : undefined));
  const { sequenceLength = lengths.find((length) => typeof length === "number") } = options;
  const seed = options.seed ?? (typeof job?.seed === "number" ? job.seed : undefined);
  const length = sequenceLength === undefined ? {} : { sequenceLength };
  const known = { ...length, ...(seed !== undefined && { seed }) };
  if (options.model !== undefined) return { model: options.model, ...known };
  if (!config)
    throw failure(
      "ERR_ARGUMENT",
      folder,
      "config.json is missing; pass it, or the model scale M as `model`",
    );
  if (sequenceLength === undefined)
    throw failure(
      "ERR_ARGUMENT",
      folder,
      "config.json does not say how long training sequences are; pass `sequenceLength`",
    );
  const { activated, layers, width, attentionWidth, vocab } = configScale(config);
  const model = exactFlopsPerToken({
    nonEmbeddingParameters: activated,
    layers,
    attentionWidth,
    sequenceLength,
  });
  return { model, layers, width, vocab, ...known };
}

/**
 * The run of a folder that Deepgrain's trainings write: held-out loss (nats per token) of the last evaluation, tokens
 * read until then, tokens per batch, highest learning rate, and M counted from the model's config (of experts the
 * activated ones).
 *
 * @param files the folder's texts; reading them is the caller's
 * @returns a run as `fitRuns` takes it
 * @throws {ScalingLawsError} `ERR_FORMAT` naming folder, file and line; `ERR_ARGUMENT` for something that the folder
 *   does not say; `ERR_UNSUPPORTED` for a model that cannot be counted
 */
export function runFromFolder(files: FolderTexts, options: MetricsFolderOptions = {}): Run {
  const {
    folder = "run",
    stage = "pretrain",
    sequenceLength,
    model,
    seed,
    ...rest
  } = optionsOf("runFromFolder", options);
  refuseUnknown("runFromFolder", rest);
  if (sequenceLength !== undefined)
    whole("runFromFolder", "sequenceLength", sequenceLength, { min: 1 });
  having("runFromFolder", "files", files);
  const metrics = files["metrics.jsonl"];
  if (metrics === undefined) throw failure("ERR_ARGUMENT", folder, "metrics.jsonl is missing");
  const { lr, ...training } = readTraining(stageRecords(metrics, stage, folder), stage, folder);
  const scale = readScale(files, { sequenceLength, model, seed }, folder);
  const flops = scale.model * training.tokens;
  return { flops, ...scale, ...training, unit: "loss", ...(lr > 0 && { lr }) };
}
