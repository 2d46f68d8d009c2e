import { study } from "@deepgrain/lab";
import { fingerprintTexts } from "../../../store/fingerprint";
import type { WithData } from "../../compare-study";
import { limitThreads } from "../../one-thread-backend";
import { introduction } from "../introduction";
import { sweepClaims } from "./claims";
import { type SweepText, sweepText } from "./corpus";
import { finding } from "./finding";
import { type SweepSettings, sweepSettings } from "./recipe";
import { sweepSections } from "./report";
import { sweepResultSchema } from "./result";
import { runVariant } from "./run-variant";
import { experiments, sweepVariants } from "./variants";

/** Settings of the study. */
export type StudySettings = SweepSettings & WithData;

let texts: { key: string; text: SweepText } | undefined;

/** The texts are read once per thread. */
async function textsOf(settings: SweepSettings, signal: AbortSignal): Promise<SweepText> {
  const key = `${settings.characters} ${settings.noise}`;
  if (texts?.key !== key) texts = { key, text: await sweepText(settings, signal) };
  return texts.text;
}

/** Fingerprints of everything that trainings read. */
export async function fingerprintData(
  settings: SweepSettings,
  signal: AbortSignal,
): Promise<WithData> {
  const { english, noisy, validation } = await textsOf(settings, signal);
  return { data: { texts: fingerprintTexts([english, noisy, validation]) } };
}

/** The scaling study of the DeepSeek LLM paper in miniature: each seed is a sweep of its own. */
export const scalingSweep = study({
  name: "deepseek-llm",
  ...introduction,
  module: new URL("./study-deepseek-llm.js", import.meta.url).href,
  exportName: "scalingSweep",
  settings: { ...sweepSettings.default, data: {} } as StudySettings,
  experiments,
  variants: sweepVariants,
  async *run(variant, seed, { settings, signal, threads, result }) {
    limitThreads(threads);
    const text = await textsOf(settings, signal);
    return yield* runVariant(variant, seed, { settings, signal, result }, text);
  },
  parse: (result: unknown) => sweepResultSchema.parse(result),
  claims: sweepClaims,
  finding,
  sections: sweepSections,
});
