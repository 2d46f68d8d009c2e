import type { AnswerChecker } from "../answers/answer-checker";
import { createAnswerChecker } from "../answers/answer-checker";
import type { Completer } from "../completers/completer";
import { having, oneOf, optionsOf, PrmError, real, refuseUnknown, whole } from "../errors";
import type { Filled } from "../filled";

/** Options of the annotation of a solution. */
export interface AnnotationSettings {
  /** N: completions per step. Default 8. @see Wang et al. 2024 (Math-Shepherd) */
  readonly n?: number | undefined;
  /** `"hard"` (default): 1 where the share of hits exceeds `threshold`; `"soft"`: the share itself. */
  readonly mode?: "hard" | "soft" | undefined;
  /** τ of hard mode. Default 0: one hit suffices. */
  readonly threshold?: number | undefined;
  /**
   * `"linear"` (default) estimates every step; `"binary"` finds the first error with ⌈log₂ K⌉ estimates, assuming
   * that values of a solution are 1 before it and 0 at it. @see Luo et al. 2024 (OmegaPRM), section 3.2
   */
  readonly strategy?: "linear" | "binary" | undefined;
  /** Stops a step's completions at the first hit (hard mode, τ = 0): the labels stay the same. Default false. */
  readonly earlyStop?: boolean | undefined;
  /** Leaves out the steps after the first one of value 0. Default false. */
  readonly dropAfterFirstError?: boolean | undefined;
  /** Seed of all completions. Default 0. */
  readonly seed?: number | undefined;
  /** Default: `createAnswerChecker()`, GSM8K's rules. */
  readonly checker?: AnswerChecker | undefined;
  /** Name and settings of the completer, stored with the labels. */
  readonly completerId?: string | undefined;
  /** Maximum tokens per completion. Default: the completer's. */
  readonly maxTokens?: number | undefined;
  /** Completions per call of the completer; those of one call are stored together. Default 1. */
  readonly callSize?: number | undefined;
}

/** Settings with their defaults filled in. */
export type CompleteSettings = Filled<AnnotationSettings, "maxTokens">;

/**
 * Checks the settings of an annotation and fills in their defaults.
 *
 * @param where the function whose options these are, for errors about unknown ones
 * @param names of that function's options, for the hint "did you mean"
 * @throws {PrmError} `ERR_RANGE` or `ERR_ARGUMENT` for settings that are unknown, out of range or contradict
 *   each other
 */
export function settingsOf(
  where: string,
  options: AnnotationSettings,
  names: readonly string[] = [],
): CompleteSettings {
  const {
    n = 8,
    mode = "hard",
    threshold = 0,
    strategy = "linear",
    earlyStop = false,
    dropAfterFirstError = false,
    seed = 0,
    checker = createAnswerChecker(),
    completerId = "",
    maxTokens,
    callSize = 1,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest, names);
  whole(where, "n", n, { min: 1 });
  whole(where, "callSize", callSize, { min: 1 });
  real(where, "threshold", threshold, { min: 0, below: 1 });
  oneOf(where, "mode", mode, ["hard", "soft"]);
  oneOf(where, "strategy", strategy, ["linear", "binary"]);
  whole(where, "seed", seed, { min: 0 });
  const contradiction = (why: string) => {
    throw new PrmError("ERR_ARGUMENT", `${where}: ${why}`, {
      fields: { mode, threshold, strategy, earlyStop },
    });
  };
  if (earlyStop && (mode === "soft" || threshold > 0))
    contradiction("earlyStop needs hard mode and threshold 0: other labels need all completions");
  if (strategy === "binary" && mode === "soft")
    contradiction("the binary strategy needs hard mode: it estimates no share for most steps");
  return {
    n,
    mode,
    threshold,
    strategy,
    earlyStop,
    dropAfterFirstError,
    seed,
    checker,
    completerId,
    maxTokens,
    callSize,
  };
}

/** The settings of a run that a journal records: equal settings give equal labels. */
export const settingsRecord = (completeSettings: CompleteSettings) => {
  const {
    checker,
    callSize: _,
    ...settings
  } = having("settingsRecord", "completeSettings", completeSettings, "n", "mode");
  return {
    ...settings,
    maxTokens: settings.maxTokens ?? null,
    grader: {
      version: 1,
      format: checker.format,
      mode: checker.mode,
      marker: checker.marker ?? null,
    },
  };
};

/** The tools for annotating one solution. */
export type AnnotationTools = CompleteSettings & {
  readonly completer: Completer;
  readonly signal?: AbortSignal | undefined;
};

/** Settings of an annotation with their defaults. @throws {PrmError} as `annotate` */
export const completeSettings = (options: AnnotationSettings): CompleteSettings =>
  settingsOf("completeSettings", options);
