import { study } from "@deepgrain/lab";
import { fingerprintTexts } from "../shared/fingerprint";
import { limitThreads } from "../shared/one-thread-backend";
import { openSized } from "../shared/open-sized";
import { rememberLast } from "../shared/remember-last";
import { studyModule } from "../shared/study-module";
import type { WithData } from "../shared/with-data";
import { claimsOf, unasked } from "./claims";
import { comparisonDomains, validationBatches } from "./corpus";
import { readDomains, writeDomains } from "./encoded-file";
import { finding } from "./finding";
import { gates } from "./gate";
import { experiments, introduction } from "./introduction";
import { type ComparisonSettings, comparisonSettings } from "./recipe";
import { picture, sections } from "./report";
import { trainVariant } from "./train-variant";
import { trainingResultSchema } from "./training-result";
import { type Variant, variants } from "./variants";

/** Settings of the study. */
export type StudySettings = ComparisonSettings & WithData;

/** The domains are encoded once per process … */
const encode = rememberLast((characters: number, vocabulary: number, signal: AbortSignal) =>
  comparisonDomains({ characters, vocabulary, signal }),
);

/** … and read once per thread. */
const domainsOf = rememberLast((artifacts: string, _signal: AbortSignal) => readDomains(artifacts));

/** Fingerprints of everything that trainings read. */
export async function fingerprintData(
  { characters, vocabulary }: Pick<ComparisonSettings, "characters" | "vocabulary">,
  signal: AbortSignal,
): Promise<WithData> {
  const domains = await encode(characters, vocabulary, signal);
  const read = domains.flatMap(({ train, validation }) => [train, validation]);
  const bytes = read.map((tokens) => new Uint8Array(tokens.buffer));
  return { data: { tokens: fingerprintTexts(bytes) } };
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
  async *prepare({ artifacts, settings: { characters, vocabulary }, signal }) {
    yield { type: "progress", message: "encoding the texts" };
    await writeDomains(artifacts, await encode(characters, vocabulary, signal));
  },
  async *run(variant: Variant, seed, { settings, artifacts, signal, threads }) {
    limitThreads(threads);
    const domains = await domainsOf(artifacts, signal);
    const validation = validationBatches(domains, settings, settings.validationBatches);
    return yield* trainVariant(variant, seed, { settings, domains, validation, signal });
  },
  parse: (result: unknown) => trainingResultSchema.parse(result),
  claims: claimsOf,
  gates,
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
