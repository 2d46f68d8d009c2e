import { type Claim, measure } from "@deepgrain/lab";
import { methodName, victimName } from "./names";
import type { PurifySettings } from "./recipe";
import type { PurifyResult } from "./results";

/** Attack success rate of a variant, 0 to 1. */
export const asr = measure("ASR", ({ asr: value }: PurifyResult) => value);

/** Accuracy of a variant on clean test rows. */
export const acc = measure("ACC", ({ acc: value }: PurifyResult) => value);

/** Attack success rate of a method against a victim, in percent. */
const success = (victim: string, method: string) => ({
  ...measure("ASR, %", ({ asr: value }: PurifyResult) => (value === null ? null : 100 * value))(
    `${victim}/${method}`,
  ),
  subject: methodName(method),
});

/** Ids that a claim may read, where the settings have them. */
const has = (settings: PurifySettings, victim: string, ...methods: string[]) =>
  settings.victims.includes(victim) && methods.every((id) => settings.methods.includes(id));

/**
 * The one ordering that is claimed: against victims of SGD with a trigger word, the indicator with the Fisher information of the
 * pre-trained weights beats the mean of three random masks. Everything else is shown with intervals only.
 * @see Zhang et al. 2023 (arXiv 2305.04547), abstract: Fine-purifying against Fine-mixing. Its tables could not be read
 */
export const claims = (settings: PurifySettings): Claim<PurifyResult, PurifySettings>[] => [
  ...(has(settings, "sgd/word", "r-init", "random")
    ? [
        {
          experiment: "B-1",
          scope: victimName("sgd/word"),
          lower: success("sgd/word", "r-init"),
          higher: success("sgd/word", "random"),
          paper: "a better defence than mixing (abstract; no table could be read)",
          ifReversed: "one unlucky victim, or masks that happen to miss the trigger's row",
        },
      ]
    : []),
];
