import { assertShare, oneOf, PurifyError, real, refuseUnknown } from "../errors";
import type { Granularity, IndicatorKind } from "../indicator/scores";
import type { FitMixtureOptions } from "../mixture/fit-mixture";
import { type ModelPart, modelParts, partOfModel } from "../weights/part-of-model";

/** How weights are chosen and reset. */
export interface PurifyOptions extends Pick<FitMixtureOptions, "em" | "rounds"> {
  /** The score that weights are ranked by. Default "r"; "r" and "fisher" need Fisher values. */
  indicator?: IndicatorKind | undefined;
  /** Reset weights completely, or in proportion to the probability that they are poisonous. Default "hard". */
  mode?: "hard" | "soft" | undefined;
  /** Reserve ratio ρ: the share of weights that keep their fine-tuned values. Default 0.9. */
  rho?: number | undefined;
  /** Draws the mask of `random`. Default 0. */
  seed?: number | undefined;
  /** The granularity of scores. Default "scalar". */
  granularity?: Granularity | undefined;
  /** ε as a share of the mean of Ĥ. Default 1e-3. */
  relativeEpsilon?: number | undefined;
  /** Parts of the model that may be reset. Default: all but the head, which has no pre-trained value. */
  parts?: readonly ModelPart[] | undefined;
  /**
   * Median |δ|/|w| above which the checkpoints are rejected as having different bases. Default 0.5; Infinity accepts
   * any.
   */
  largestDrift?: number | undefined;
}

/** Options with all defaults filled in. */
export type PurifySettings = { [Name in keyof PurifyOptions]-?: NonNullable<PurifyOptions[Name]> };

/** Names for the hint of what takes these options. */
export const purifyNames = [
  "indicator",
  "mode",
  "rho",
  "seed",
  "granularity",
  "relativeEpsilon",
  "parts",
  "largestDrift",
  "em",
  "rounds",
] satisfies (keyof PurifyOptions)[];

/**
 * Fills in defaults.
 *
 * @param where the function that its caller called
 * @param given options of purification, and nothing else
 * @param names of all options of that function, for the hint
 * @throws {PurifyError} `ERR_RANGE`, `ERR_ARGUMENT` for options that are missing or contradict each other
 */
export function purifySettings(
  where: string,
  given: PurifyOptions,
  { hasFisher, names }: { hasFisher: boolean; names: readonly string[] },
): PurifySettings {
  const {
    indicator = "r",
    mode = "hard",
    rho = 0.9,
    seed = 0,
    granularity = "scalar",
    relativeEpsilon = 1e-3,
    parts = modelParts.filter((part) => part !== "head"),
    largestDrift = 0.5,
    em = false,
    rounds = 50,
    ...rest
  } = given;
  refuseUnknown(where, rest, names);
  oneOf("purify", "indicator", indicator, ["r", "delta2", "fisher", "random"]);
  oneOf("purify", "mode", mode, ["hard", "soft"]);
  oneOf("purify", "granularity", granularity, ["scalar", "row", "tensor"]);
  if (largestDrift !== Number.POSITIVE_INFINITY)
    real("purify", "largestDrift", largestDrift, { min: 0 });
  assertShare("purify", "rho", rho);
  real("purify", "relativeEpsilon", relativeEpsilon, { min: 0 });
  if (!hasFisher && (indicator === "r" || indicator === "fisher"))
    throw new PurifyError(
      "ERR_ARGUMENT",
      `fine-purify/purify: indicator "${indicator}" needs Fisher values; "delta2" and "random" do not`,
      { fields: { indicator } },
    );
  if (mode === "soft" && indicator === "random")
    throw new PurifyError("ERR_ARGUMENT", "fine-purify/purify: a random mask has no soft mode");
  return {
    indicator,
    mode,
    rho,
    seed,
    granularity,
    relativeEpsilon,
    parts,
    largestDrift,
    em,
    rounds,
  };
}

/** Whether a weight may be reset. */
export const includedBy = ({ parts }: PurifySettings): ((name: string) => boolean) => {
  const wanted = new Set(parts);
  return (name) => wanted.has(partOfModel(name));
};

/** Heads may be in one checkpoint only. */
export const mayMiss = (name: string): boolean => partOfModel(name) === "head";
