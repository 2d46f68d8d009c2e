import { type MetricsRecord, parseRecord } from "@deepgrain/command-line/metrics/metrics-log";
import type { LineReader } from "./follow-lines";
import { perplexityOf, type Quantity, type QuantityId, quantities } from "./quantities";
import { type ThinnedSeries, thinnedSeries } from "./thinned-series";

/** A text that a model wrote. */
export interface Sample {
  step: number;
  prompt: string;
  text: string;
}

/** The load of the experts on held-out text: shares of the choices by layer. */
export interface ExpertLoad {
  step: number;
  layers: Readonly<Record<string, readonly number[]>>;
}

/** A stage, as far as its records tell. */
export interface StageState {
  step: number;
  /** Rises with each record. */
  version: number;
  /** When its last record was written, as ISO 8601. */
  time: string | undefined;
  series: Partial<Record<QuantityId, ThinnedSeries>>;
  /** At the last evaluation, where the loss has one. */
  perplexity: number | undefined;
  load: ExpertLoad | undefined;
}

/** A training, as far as its metrics tell. Its size is bounded, whatever they hold. */
export interface RunState extends LineReader {
  stages: ReadonlyMap<string, StageState>;
  /** The latest ones, the newest first. */
  samples: readonly Sample[];
  /** Lines that hold no record. */
  damaged: number;
}

const MOST_STAGES = 24;
const MOST_SAMPLES = 4;
const MOST_LAYERS = 64;
const MOST_EXPERTS = 256;

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const clipped = (text: unknown, most: number) => String(text ?? "").slice(0, most);

/** The number in the name of a layer, `model.layers.3.mlp`, or the name. */
const layerName = (name: unknown) => /\d+/.exec(clipped(name, 80))?.[0] ?? clipped(name, 20);

/** The load of a record; undefined where it holds none. */
function loadOf({ step, layers }: MetricsRecord): ExpertLoad | undefined {
  if (!Array.isArray(layers)) return undefined;
  const rows = layers.slice(0, MOST_LAYERS).flatMap((own): [string, number[]][] => {
    const { layer, counts } = Object(own);
    if (!Array.isArray(counts) || counts.length > MOST_EXPERTS) return [];
    if (!counts.every((count) => isNumber(count) && count >= 0)) return [];
    const all = counts.reduce((sum, count) => sum + count, 0);
    return all > 0 ? [[layerName(layer), counts.map((count) => count / all)]] : [];
  });
  return rows.length > 0 ? { step, layers: Object.fromEntries(rows) } : undefined;
}

/** Seconds that a step took: as it says, or since the record before, if that was a step too. */
function secondsOf(
  { seconds, type, time }: MetricsRecord,
  before: MetricsRecord | undefined,
): number | undefined {
  if (isNumber(seconds)) return seconds;
  if (type !== "step-end" || before?.type !== "step-end") return undefined;
  const passed = (Date.parse(String(time)) - Date.parse(String(before.time))) / 1000;
  return passed > 0 ? passed : undefined;
}

/** A run of which nothing is known yet. */
export function runState(): RunState {
  const stages = new Map<string, StageState>();
  const previous = new Map<string, MetricsRecord>();
  let samples: Sample[] = [];
  let damaged = 0;
  let records = 0; // of files before this one, too

  function stageOf(name: string): StageState | undefined {
    const known = stages.get(name);
    if (known || stages.size === MOST_STAGES) return known;
    const fresh = {
      step: 0,
      version: 0,
      time: undefined,
      series: {},
      perplexity: undefined,
      load: undefined,
    };
    stages.set(name, fresh);
    return fresh;
  }

  function take(record: MetricsRecord): void {
    const { type, step, time } = record;
    const name = clipped(record.stage, 60);
    const stage = stageOf(name);
    if (!stage) return;
    stage.step = step;
    stage.version = ++records;
    stage.time = clipped(time, 30) || undefined;
    const seconds = secondsOf(record, previous.get(name));
    previous.set(name, { stage: name, type, step, time });
    for (const [id, own] of Object.entries(quantities) as [QuantityId, Quantity][]) {
      const value = own.type === type ? own.of(record, seconds) : undefined;
      if (!isNumber(value)) continue;
      stage.series[id] ??= thinnedSeries();
      stage.series[id].add(step, value);
    }
    stage.perplexity = perplexityOf(record) ?? stage.perplexity;
    if (type === "load") stage.load = loadOf(record) ?? stage.load;
    if (type === "sample") {
      const sample = {
        step,
        prompt: clipped(record.prompt, 500),
        text: clipped(record.text, 4000),
      };
      samples = [sample, ...samples].slice(0, MOST_SAMPLES);
    }
  }

  return {
    stages,
    get samples() {
      return samples;
    },
    get damaged() {
      return damaged;
    },
    line(text) {
      if (text.trim() === "") return;
      const record = parseRecord(text);
      if (record) take(record);
      else damaged++;
    },
    skipped() {
      damaged++;
    },
    restarted() {
      stages.clear();
      previous.clear();
      samples = [];
      damaged = 0;
    },
  };
}
