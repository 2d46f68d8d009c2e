import { takeTurn } from "@deepgrain/support";
import type { Random } from "../attacks/token-attacks";
import type { DetectOptions } from "../core/results";
import {
  functionOf,
  iterableOf,
  listOf,
  optionsOf,
  real,
  refuseUnknown,
  WatermarkError,
  whole,
} from "../errors";
import { randomKey, type WatermarkKey } from "../prf/key";
import type { Watermark } from "../watermark/create-watermark";
import { quantile, type Rate, wilson } from "./rates";

/** Options of `calibrate`. */
export interface CalibrateOptions {
  /** Text lengths in tokens. */
  lengths: readonly number[];
  /** False-positive rates to calibrate for. Default 0.01 and 0.001. */
  fpr?: readonly number[] | undefined;
  /** Maximum windows per length. Default 2000. */
  windows?: number | undefined;
  /** Bootstrap resamples. Default 500. */
  resamples?: number | undefined;
  random: Random;
  detect?: DetectOptions | undefined;
  signal?: AbortSignal | undefined;
}

/** A z threshold with its bootstrap interval. */
export interface CalibratedThreshold {
  fpr: number;
  length: number;
  z: number;
  low: number;
  high: number;
  /** Share of windows whose p-value is at most `fpr`: the false-positive rate of the detector's own p-values. */
  pValueAlarms: Rate;
}

/** The measurements of `calibrate` for one length. */
export interface LengthCalibration {
  length: number;
  windows: number;
  meanZ: number;
  sdZ: number;
  thresholds: CalibratedThreshold[];
}

/**
 * Scores disjoint windows of unmarked text and reports, per length, the mean and spread of z, the z above which a
 * share `fpr` of the windows lies, its 95 % bootstrap interval, and the share of windows that the p-values themselves
 * would flag.
 *
 * @param watermarkFor returns the watermark for a key. It is called with a new random key for every window; ignore
 *   the argument to calibrate a single key of your own
 * @param corpus unmarked texts as ids
 * @returns the report, and `thresholds` in the form that a profile stores
 * @throws {WatermarkError} `ERR_TOO_SHORT` when the corpus has no window of some length
 */
export async function calibrate(
  watermarkFor: (key: WatermarkKey) => Watermark,
  corpus: Iterable<ArrayLike<number>>,
  options: CalibrateOptions,
): Promise<{
  lengths: LengthCalibration[];
  thresholds: { fpr: number; length: number; z: number }[];
}> {
  const {
    fpr = [0.01, 0.001],
    windows: most = 2000,
    resamples = 500,
    random,
    lengths: wanted,
    detect,
    signal,
    ...rest
  } = optionsOf("calibrate", options);
  refuseUnknown("calibrate", rest, [
    "lengths",
    "fpr",
    "windows",
    "resamples",
    "random",
    "detect",
    "signal",
  ] satisfies (keyof CalibrateOptions)[]);
  listOf("calibrate", "lengths", wanted);
  for (const length of wanted) whole("calibrate", "lengths", length, { min: 1 });
  for (const rate of fpr) real("calibrate", "fpr", rate, { above: 0, max: 0.5 });
  functionOf("calibrate", "watermarkFor", watermarkFor);
  const texts = Array.from(iterableOf("calibrate", "corpus", corpus));
  const lengths: LengthCalibration[] = [];
  for (const length of wanted) {
    const z: number[] = [];
    const p: number[] = [];
    for (const window of windowsOf(texts, length, most)) {
      await takeTurn();
      signal?.throwIfAborted();
      const detection = watermarkFor(randomKey(random)).detect(window, detect);
      z.push(detection.z);
      p.push(detection.pValue);
    }
    if (z.length === 0)
      throw new WatermarkError("ERR_TOO_SHORT", `calibrate: no text has ${length} tokens`, {
        fields: {
          needed: length,
        },
      });
    const meanZ = z.reduce((a, b) => a + b) / z.length;
    const sdZ = Math.sqrt(
      z.reduce((sum, value) => sum + (value - meanZ) ** 2, 0) / Math.max(1, z.length - 1),
    );
    const thresholds = fpr.map((rate) => ({
      fpr: rate,
      length,
      ...bootstrapQuantile(z, 1 - rate, resamples, random),
      pValueAlarms: wilson(p.filter((value) => value <= rate).length, p.length),
    }));
    lengths.push({ length, windows: z.length, meanZ, sdZ, thresholds });
  }
  const thresholds = lengths.flatMap((one) =>
    one.thresholds.map(({ fpr: rate, length, z }) => ({ fpr: rate, length, z })),
  );
  return { lengths, thresholds };
}

function* windowsOf(texts: readonly ArrayLike<number>[], length: number, most: number) {
  let count = 0;
  for (const text of texts)
    for (let at = 0; at + length <= text.length; at += length) {
      if (count++ >= most) return;
      yield Array.from({ length }, (_, i) => text[at + i]!);
    }
}

function bootstrapQuantile(
  values: readonly number[],
  q: number,
  resamples: number,
  random: Random,
) {
  const draws = Array.from({ length: resamples }, () => {
    const sample = Float64Array.from(
      { length: values.length },
      () => values[Math.floor(random() * values.length)]!,
    ).sort();
    return quantile(sample, q);
  }).sort((a, b) => a - b);
  return {
    z: quantile(Float64Array.from(values).sort(), q),
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
  };
}
