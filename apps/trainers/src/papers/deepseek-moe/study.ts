import { study } from "@deepgrain/lab";
import { fingerprintTexts } from "../../store/fingerprint";
import type { WithData } from "../compare-study";
import { limitThreads } from "../one-thread-backend";
import { rememberLast } from "../remember-last";
import { claims } from "./claims";
import { comparisonDomains, validationBatches } from "./corpus";
import { finding } from "./finding";
import { introduction } from "./introduction";
import { type ComparisonSettings, comparisonSettings } from "./recipe";
import { sections } from "./report";
import { trainVariant } from "./train-variant";
import { trainingResultSchema } from "./training-result";
import { type Variant, variants } from "./variants";

/** Settings of the study. */
export type StudySettings = ComparisonSettings & WithData;

export const experiments = {
  "A-1": "Methods at equal size",
  "A-2": "From GShard to DeepSeekMoE, step by step",
  "A-3": "Against larger GShard",
  "A-4": "The dense upper bound",
  "A-5": "The best experts disabled",
  "A-6": "The shared expert replaced",
  "A-7": "Fewer experts active",
  "A-8": "Trained with half as many active",
  "A-9": "How many are shared",
  "A-10": "Balance against loss",
  "A-11": "Limited to a few devices",
  "A-12": "Balance per sequence or per batch",
} as const;

/** The domains are read once per thread. */
const domainsOf = rememberLast((characters: number, signal: AbortSignal) =>
  comparisonDomains({ characters, signal }),
);

/** Fingerprints of everything that trainings read. */
export async function fingerprintData(
  { characters }: Pick<ComparisonSettings, "characters">,
  signal: AbortSignal,
): Promise<WithData> {
  const domains = await domainsOf(characters, signal);
  const read = domains.flatMap(({ train, validation }) => [train, validation]);
  return { data: { texts: fingerprintTexts(read) } };
}

/** The experiments of the DeepSeekMoE paper in miniature: every variant is trained and measured at every seed. */
export const deepseekMoe = study({
  name: "deepseek-moe",
  ...introduction,
  module: new URL("./study-deepseek-moe.js", import.meta.url).href,
  exportName: "deepseekMoe",
  settings: { ...comparisonSettings.default, data: {} } as StudySettings,
  experiments,
  variants: ({ leftOut }) => variants.filter(({ id }) => !leftOut.includes(id)),
  async *run(variant: Variant, seed, { settings, signal, threads }) {
    limitThreads(threads);
    const domains = await domainsOf(settings.characters, signal);
    const validation = validationBatches(domains, settings, settings.validationBatches);
    return yield* trainVariant(variant, seed, { settings, domains, validation, signal });
  },
  parse: (result: unknown) => trainingResultSchema.parse(result),
  claims,
  finding,
  sections,
});
