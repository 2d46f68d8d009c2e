import { type Claim, measure, type Primary, type UnaskedClaim } from "@deepgrain/lab";
import { methodName, victimName } from "./names";
import type { PurifySettings } from "./recipe";
import type { PurifyResult } from "./results";

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

const primary = (sentence: string): Primary => ({ sentence, seeds: 8, named: "before the run" });

const VICTIM = "sgd/word";

/**
 * Fine-purifying, with the Fisher information of the pre-trained weights, against the victim of SGD with a trigger word: beside
 * fine-tuning alone, and beside the mean of three random masks. Everything else is shown with intervals only.
 * @see Zhang et al. 2023 (arXiv 2305.04547), abstract. Its tables could not be read
 */
export const claims = ({
  victims,
  methods,
}: PurifySettings): Claim<PurifyResult, PurifySettings>[] => {
  const rows = [
    {
      rival: "fine-tuning",
      paper: "effective (abstract; no table could be read)",
      primary: primary("It takes a backdoor out with a small clean data set"),
    },
    {
      rival: "random",
      paper: "a better defence than mixing (abstract; no table could be read)",
      primary: primary(
        "Drift against Hessian finds the poisoned weights, better than a random mask",
      ),
    },
  ];
  return rows
    .filter(
      ({ rival }) =>
        victims.includes(VICTIM) && [rival, "r-init"].every((id) => methods.includes(id)),
    )
    .map(({ rival, ...claim }) => ({
      experiment: "B-1",
      scope: victimName(VICTIM),
      lower: success(VICTIM, "r-init"),
      higher: success(VICTIM, rival),
      margin: 10,
      ifReversed: "one unlucky victim, or masks that happen to miss the trigger's row",
      ...claim,
    }));
};

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "It takes a bias out, too",
    paper: "86.7 % accuracy, mean of four data sets",
    why: "the victims have backdoors; biases are planted and measured by the package's examples alone",
  },
];
