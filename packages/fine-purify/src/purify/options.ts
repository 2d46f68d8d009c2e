import type { OptionNames } from "@deepgrain/support";
import { assertShare, PurifyError } from "../errors";
import type { Granularity, IndicatorKind } from "../indicator/scores";
import type { FitMixtureOptions } from "../mixture/fit-mixture";
import { type ModelPart, modelParts, partOfModel } from "../weights/part-of-model";

/** How weights are chosen and reset. */
export interface PurifyOptions extends Pick<FitMixtureOptions, "em" | "rounds"> {
  /** The score that weights are ranked by. Default "r"; "r" and "fisher" need Fisher values. */
  indicator?: IndicatorKind;
  /** Reset weights completely, or in proportion to the probability that they are poisonous. Default "hard". */
  mode?: "hard" | "soft";
  /** Reserve ratio ρ: the share of weights that keep their fine-tuned values. Default 0.9. */
  rho?: number;
  /** Draws the mask of `random`. Default 0. */
  seed?: number;
  /** The granularity of scores. Default "scalar". */
  granularity?: Granularity;
  /** ε as a share of the mean of Ĥ. Default 1e-3. */
  relativeEpsilon?: number;
  /** Parts of the model that may be reset. Default: all but the head, which has no pre-trained value. */
  parts?: readonly ModelPart[];
  /**
   * Median |δ|/|w| above which the checkpoints are rejected as having different bases. Default 0.5; Infinity accepts
   * any.
   */
  largestDrift?: number;
}

export const purifyOptionNames: OptionNames<PurifyOptions> = {
  indicator: true,
  mode: true,
  rho: true,
  seed: true,
  granularity: true,
  relativeEpsilon: true,
  parts: true,
  largestDrift: true,
  em: true,
  rounds: true,
};

/** Options with all defaults filled in. */
export interface PurifySettings extends Required<PurifyOptions> {}

/**
 * Fills in defaults.
 * @throws {PurifyError} `ERR_RANGE`, `ERR_ARGUMENT` for options that are missing or contradict each other
 */
export function purifySettings(options: PurifyOptions, hasFisher: boolean): PurifySettings {
  const settings: PurifySettings = {
    indicator: "r",
    mode: "hard",
    rho: 0.9,
    seed: 0,
    granularity: "scalar",
    relativeEpsilon: 1e-3,
    parts: modelParts.filter((part) => part !== "head"),
    largestDrift: 0.5,
    em: false,
    rounds: 50,
    ...options,
  };
  const { indicator, mode, rho, relativeEpsilon } = settings;
  assertShare("purify", "rho", rho);
  if (!(relativeEpsilon >= 0 && relativeEpsilon < Infinity))
    throw new PurifyError(
      "ERR_RANGE",
      `fine-purify/purify: relativeEpsilon must be at least 0, got ${relativeEpsilon}`,
      { fields: { relativeEpsilon } },
    );
  if (!hasFisher && (indicator === "r" || indicator === "fisher"))
    throw new PurifyError(
      "ERR_ARGUMENT",
      `fine-purify/purify: indicator "${indicator}" needs Fisher values; "delta2" and "random" do not`,
      { fields: { indicator } },
    );
  if (mode === "soft" && indicator === "random")
    throw new PurifyError("ERR_ARGUMENT", "fine-purify/purify: a random mask has no soft mode");
  return settings;
}

/** Whether a weight may be reset. */
export const includedBy = ({ parts }: PurifySettings): ((name: string) => boolean) => {
  const wanted = new Set(parts);
  return (name) => wanted.has(partOfModel(name));
};

/** Heads may be in one checkpoint only. */
export const mayMiss = (name: string): boolean => partOfModel(name) === "head";
