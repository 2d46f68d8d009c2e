import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import { methodName, victimName } from "./names";
import type { PurifySettings } from "./recipe";
import type { PurifyResult } from "./results";
import { victimOf } from "./tasks";

/** The ends of a share. */
const SHARE = [0, 1] as const;

/** Attack success rate of a variant, 0 to 1. */
export const asr = measure("ASR", ({ asr: value }: PurifyResult) => value, SHARE);

/** Accuracy of a variant on clean test rows. */
export const acc = measure("ACC", ({ acc: value }: PurifyResult) => value, SHARE);

/** Attack success rate of a method against a victim, in percent. */
const success = (victim: string, method: string) => ({
  ...measure("ASR, %", ({ asr: value }: PurifyResult) => (value === null ? null : 100 * value))(
    `${victim}/${method}`,
  ),
  subject: methodName(method),
});

const primary = (
  named: Primary["named"],
  sentence: string,
  words: string,
): Pick<OwnClaim, "primary"> => ({ primary: { sentence, words, seeds: 8, named } });

type OwnClaim = Claim<PurifyResult, PurifySettings>;

/** The victim that the abstract's first claim is tested on. */
const VICTIM = "sgd/word";

/** Victims with a backdoor. */
const attacked = ({ victims }: PurifySettings) =>
  victims.filter((id) => victimOf(id).trigger !== "none");

/** The mean attack success rate of a method over victims, in percent; undefined where one was not attacked. */
const meanSuccess = (victims: readonly string[], method: string): Quantity<PurifyResult> => {
  const all = victims.map((victim) => success(victim, method));
  return {
    measure: "ASR, %",
    subject: methodName(method),
    variants: all.flatMap(({ variants }) => variants),
    read(...at) {
      const values = all.map((one) => one.read(...at));
      const isMeasured = values.every((value) => typeof value === "number");
      return isMeasured ? values.reduce((sum, x) => sum + x, 0) / values.length : undefined;
    },
  };
};

const own = "r-init";
const common = { better: "lower", margin: 10 } as const;
const unlucky = "one unlucky victim, or masks that happen to miss the trigger's row";

/**
 * Fine-purifying, with the Fisher information of the pre-trained weights: against the victim of SGD with a trigger word, beside
 * fine-tuning alone; over all victims with a backdoor, beside δ² alone, by which Fine-mixing selects, so that the difference is the
 * curvature; and, as a secondary claim, beside the mean of three random masks. Everything else is shown with intervals only.
 * @see Zhang et al. 2023 (arXiv 2305.04547), abstract. Its tables could not be read
 */
export const claims = (settings: PurifySettings): OwnClaim[] => {
  const victims = attacked(settings);
  const has = (method: string) =>
    [method, own].every((id) => settings.methods.includes(id)) && settings.victims.includes(VICTIM);
  const beside = (rival: string): OwnClaim => ({
    experiment: "B-1",
    scope: victimName(VICTIM),
    lower: success(VICTIM, own),
    higher: success(VICTIM, rival),
    paper: "a better defence than mixing (abstract; no table could be read)",
  });
  const all: (OwnClaim | false)[] = [
    has("fine-tuning") && {
      ...beside("fine-tuning"),
      ...common,
      paper: "effective (abstract; no table could be read)",
      ...primary(
        "before the run",
        "It takes a backdoor out with a small clean data set",
        "Experimental results validate the effectiveness of Fine-purifying even with a small clean dataset",
      ),
      ifReversed: unlucky,
    },
    has("delta2") && {
      ...common,
      scope: victims.length > 1 ? `mean of ${victims.length} victims` : victimName(victims[0]!),
      lower: meanSuccess(victims, own),
      higher: meanSuccess(victims, "delta2"),
      paper: "finds what mixing by δ² does not (abstract; no table could be read)",
      ...primary(
        "after the run",
        "The curvature tells the poisoned weights: drift against Hessian finds more than drift alone",
        "According to the relationship between parameter drifts and Hessians of different dimensions",
      ),
      ifReversed:
        "in victims of AdamW ln δ² and ln Ĥ hardly correlate, so that dividing by Ĥ adds noise",
    },
    has("random") && beside("random"),
  ];
  return all.filter((claim) => claim !== false);
};

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "It takes a bias out, too",
    paper: "86.7 % accuracy, mean of four data sets",
    why: "the victims have backdoors; biases are planted and measured by the package's examples alone",
  },
];
