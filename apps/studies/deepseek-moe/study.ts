import { study } from "@deepgrain/lab";
import { fingerprintTexts } from "../shared/fingerprint";
import { limitThreads } from "../shared/one-thread-backend";
import { openSized } from "../shared/open-sized";
import { rememberLast } from "../shared/remember-last";
import { studyModule } from "../shared/study-module";
import type { WithData } from "../shared/with-data";
import { claimsOf, unasked } from "./claims";
import { comparisonDomains, validationBatches } from "./corpus";
import { finding } from "./finding";
import { experiments, introduction } from "./introduction";
import { type ComparisonSettings, comparisonSettings } from "./recipe";
import { picture, sections } from "./report";
import { trainVariant } from "./train-variant";
import { trainingResultSchema } from "./training-result";
import { type Variant, variants } from "./variants";

/** Settings of the study. */
export type StudySettings = ComparisonSettings & WithData;

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
  module: studyModule("deepseek-moe"),
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
  claims: claimsOf,
  unasked,
  finding,
  picture,
  sections,
});

/** Opens the study. */
export const open = openSized(deepseekMoe, {
  sizes: comparisonSettings,
  settingOf: { lr: "oneRate" },
  fingerprintData,
});
