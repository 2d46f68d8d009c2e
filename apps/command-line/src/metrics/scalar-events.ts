import type { LoadRecord } from "../trainings/drive-training";
import type { ScalarEvent } from "./event-file";
import { flattenRecord } from "./flatten-record";
import type { MetricsRecord } from "./metrics-log";

/** Fields that say where a record belongs and are no measurements. */
const places = ["stage", "type", "step", "time"];

/** How tags name what was measured by records of a type. */
const prefixes: Readonly<Record<string, string>> = { "step-end": "", "eval-end": "held-out " };

function* numbersOf(record: MetricsRecord): Generator<[name: string, value: number]> {
  for (const [name, value] of flattenRecord(record))
    if (typeof value === "number" && !places.includes(name))
      yield [name.replace(/^scalars\./, ""), value];
  if (record.type !== "load" || !Array.isArray(record.layers)) return;
  for (const own of record.layers) {
    const { layer, maxViolation, droppedFraction } = Object(own) as LoadRecord;
    yield [`${layer} maxViolation`, maxViolation];
    yield [`${layer} droppedFraction`, droppedFraction];
  }
}

/**
 * The numbers of a run's records as TensorBoard shows them. Tags begin with the stage, by which it groups charts, so that
 * stages of several runs lie over each other: `pretrain/loss`, `pretrain/held-out loss`.
 * @param undatedSeconds time of records without one, in seconds since 1970
 */
export function* scalarEvents(
  records: Iterable<MetricsRecord>,
  undatedSeconds: number,
): Generator<ScalarEvent> {
  for (const record of records) {
    const { stage, type, step, time } = record;
    const prefix = prefixes[type] ?? `${type} `;
    const scalars = Object.fromEntries(
      [...numbersOf(record)]
        .filter(([, value]) => Number.isFinite(value))
        .map(([name, value]) => [`${stage}/${prefix}${name}`, value]),
    );
    const milliseconds = Date.parse(time ?? "");
    const wallTime = Number.isNaN(milliseconds) ? undatedSeconds : milliseconds / 1000;
    if (Object.keys(scalars).length > 0) yield { wallTime, step, scalars };
  }
}
