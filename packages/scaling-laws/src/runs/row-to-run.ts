import { ScalingLawsError } from "../errors";
import { flopsPerToken } from "../measures/flops-per-token";
import type { Column } from "./columns";
import type { LossUnit, Run } from "./run";

/** A row's numbers by column, and where it stands. */
export interface Row {
  file: string;
  /** Counted from 1, without the header. */
  row: number;
  line: number;
  values: ReadonlyMap<Column, unknown>;
}

/** The error of one cell. */
function rowError(
  where: string,
  { file, row, line }: Row,
  key: string,
  problem: string,
  value?: unknown,
) {
  return new ScalingLawsError(
    "ERR_ROW",
    `scaling-laws/${where}: ${file}, row ${row} (line ${line}), ${key}: ${problem}`,
    { fields: { file, row, line, key, value } },
  );
}

const isAbsent = (value: unknown) =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** A positive number of a cell, undefined where the cell is empty. */
function numberIn(where: string, row: Row, key: Column, least = 0): number | undefined {
  const raw = row.values.get(key);
  if (isAbsent(raw)) return undefined;
  const value = typeof raw === "string" ? Number(raw.trim()) : raw;
  const fits =
    typeof value === "number" && Number.isFinite(value) && (key === "seed" || value > least);
  if (fits) return value;
  const wanted = key === "seed" ? "a number" : "a finite number above 0";
  throw rowError(where, row, key, `expected ${wanted}, got ${JSON.stringify(raw)}`, raw);
}

type Numbers = Partial<Record<Column, number>>;

function modelScale(where: string, row: Row, n: Numbers): number {
  if (n.model !== undefined) return n.model;
  if (n.params !== undefined) return 6 * n.params;
  const { layers, width, sequenceLength } = n;
  if (layers !== undefined && width !== undefined && sequenceLength !== undefined)
    return flopsPerToken({ layers, width, sequenceLength });
  if (n.flops !== undefined && n.tokens !== undefined) return n.flops / n.tokens;
  const shape = ["layers", "width", "sequenceLength"] as const;
  const given = shape.filter((key) => n[key] !== undefined);
  const key = given.length > 0 ? shape.find((one) => n[one] === undefined)! : "model";
  throw rowError(
    where,
    row,
    key,
    "is missing; a row needs model (FLOPs per token), or params, or layers, width and sequence_length",
  );
}

function trainingTokens(
  where: string,
  row: Row,
  n: Numbers,
  batchTokens: number | undefined,
): number {
  if (n.tokens !== undefined) return n.tokens;
  if (n.steps !== undefined && batchTokens !== undefined) return n.steps * batchTokens;
  throw rowError(where, row, "tokens", "is missing");
}

/** Only defined values: optional properties of a run are absent rather than undefined. */
const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/**
 * A run of a row: `model` from params (6 FLOPs each) or from the shape where missing, `tokens` from steps × batch,
 * `flops` from model × tokens.
 *
 * @param unit which column the loss is taken from
 * @throws {ScalingLawsError} `ERR_ROW` naming file, row and key
 */
export function rowToRun(where: string, row: Row, unit: LossUnit): Run {
  const n: Numbers = {};
  for (const key of row.values.keys()) {
    if (key === "loss" || key === "bpb") continue; // only the one that is used must be a number
    const value = numberIn(where, row, key);
    if (value !== undefined) n[key] = value;
  }
  const loss = numberIn(where, row, unit);
  if (loss === undefined) throw rowError(where, row, unit, "is missing");
  const { layers, width, sequenceLength, vocab, budget, lr, seed } = n;
  const ofSequences =
    n.batchSequences !== undefined && sequenceLength !== undefined
      ? n.batchSequences * sequenceLength
      : undefined;
  const batchTokens = n.batchTokens ?? ofSequences;
  const model = modelScale(where, row, n);
  const tokens = trainingTokens(where, row, n, batchTokens);
  return {
    flops: n.flops ?? model * tokens,
    model,
    tokens,
    loss,
    unit,
    ...defined({ budget, batchTokens, lr, seed, layers, width, sequenceLength, vocab }),
  };
}
