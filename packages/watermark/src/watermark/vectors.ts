import { pick } from "../core/evaluate";
import type { Detection } from "../core/results";
import type { SchemeResources } from "../core/scheme";
import { having, WatermarkError } from "../errors";
import { createKey } from "../prf/key";
import type { Profile, ProfileInput } from "../profile";
import { kindOf } from "../schemes";
import {
  type BayesianDetector,
  bayesianPosterior,
  synthIdGValues,
} from "../schemes/synthid/bayesian-detector";
import { createWatermark } from "./create-watermark";

/** The input of `vectors`: plain JSON. */
export interface VectorsInput {
  profile: ProfileInput;
  /** Hexadecimal digits; none in a compatibility mode. */
  key?: string | undefined;
  /** Texts as token ids. */
  ids: readonly (readonly number[])[];
  /** Logits of the token after each text; `null` is minus infinity, as JSON has none. */
  logits?: readonly (readonly (number | null)[])[] | undefined;
  /** For schemes with payload. */
  payload?: readonly number[] | undefined;
  /** Number of prompt tokens of each text. Default 0. */
  promptLength?: number | undefined;
  /** SynthID-Text: a trained Bayesian detector to apply as well. */
  bayesian?: BayesianDetector | undefined;
}

/** The results of other detectors of a scheme. */
export interface OtherDetectors {
  /** With every repeat counted, as in detectors without de-duplication. */
  withRepeats: Detection;
  /** SynthID-Text: the two scores of the published codes, and the posterior of a Bayesian detector. */
  mean?: Detection | undefined;
  weightedMean?: Detection | undefined;
  bayesianPosterior?: number | undefined;
}

/** One text's internals, comparable bit for bit. */
export interface VectorsRow {
  /** The scheme's draws for the token after the text: seed, green list, digit, g-values; with self-hash per candidate. */
  next: Record<string, unknown>;
  /** Positions after the prompt that can be scored, and 1 where the detection mask leaves one out. */
  mask: { positions: readonly number[]; isMasked: number[] };
  /** The logits after the mark; `null` is minus infinity. */
  processed?: (number | null)[] | undefined;
  detection: Detection;
  /** The same text under the scheme's other detectors. */
  detectors: OtherDetectors;
  /** Decoded payload, for schemes that have one. */
  bits?: number[] | undefined;
}

/**
 * Computes values for bit-for-bit comparison with other implementations: per text the seed and green list, colours or
 * g-values of the next token, the processed logits, and the detector's scores.
 *
 * @param resources proxy or frequencies, where the profile needs them
 * @returns the complete profile and one row per text; the key is not among the output
 * @throws {WatermarkError} as `createWatermark`, and `ERR_SHAPE` when the numbers of logits and texts differ
 */
export function vectors(
  input: VectorsInput,
  resources: SchemeResources = {},
): { profile: Profile; rows: VectorsRow[] } {
  having("vectors", "input", input);
  const { ids, logits, payload, promptLength = 0 } = input;
  const key = input.key === undefined ? undefined : createKey(input.key);
  const watermark = createWatermark(input.profile, key, resources);
  const { profile, messageBits } = watermark;
  if (logits && logits.length !== ids.length)
    throw new WatermarkError("ERR_SHAPE", `vectors: ${ids.length} texts, ${logits.length} logits`, {
      fields: {
        needed: ids.length,
        got: logits.length,
      },
    });
  const process = (text: readonly number[], row: readonly (number | null)[]) => {
    const processor = watermark.createProcessor({ promptLength, payload });
    const values = Float32Array.from(row, (x) => x ?? Number.NEGATIVE_INFINITY);
    return Array.from(processor(text, values), (x) => (Number.isFinite(x) ? x : null));
  };
  const otherDetectors = (text: readonly number[]): OtherDetectors => {
    const withRepeats = watermark.detect(text, { promptLength, ignoreRepeated: false });
    if (profile.scheme !== "synthid") return { withRepeats };
    const by = (detector: "mean" | "weighted-mean") =>
      createWatermark({ ...profile, detector }, key, resources).detect(text, { promptLength });
    const { bayesian } = input;
    return {
      withRepeats,
      mean: by("mean"),
      weightedMean: by("weighted-mean"),
      bayesianPosterior: bayesian
        ? bayesianPosterior(bayesian, synthIdGValues(profile, key, text.slice(promptLength)))
        : undefined,
    };
  };
  const scheme = kindOf(profile).bind(profile, key, resources);
  const maskOf = (text: readonly number[]): VectorsRow["mask"] => {
    const scored = scheme.score(text.slice(promptLength));
    const kept = new Set(pick(scored, { start: 0, end: text.length }, true));
    return {
      positions: scored.positions,
      isMasked: Array.from(
        scored.positions,
        (_, i) => scored.isMasked?.[i] ?? (kept.has(i) ? 0 : 1),
      ),
    };
  };
  const rows = ids.map((text, i): VectorsRow => {
    const detection = watermark.detect(text, { promptLength });
    const isReadable = messageBits > 0 && detection.verdict !== "insufficient";
    return {
      next:
        kindOf(profile).draws?.(profile, key, text, {
          prompt: promptLength,
          logits: logits?.[i],
        }) ?? {},
      mask: maskOf(text),
      processed: logits ? process(text, logits[i]!) : undefined,
      detection,
      detectors: otherDetectors(text),
      bits: isReadable ? Array.from(watermark.decode(text, { promptLength }).bits) : undefined,
    };
  });
  return { profile, rows };
}
