import type { TrainingContext } from "../../experiments/trainings/training-kinds";
import { comparisonDomains, type Domain, validationBatches } from "./corpus";
import type { ComparisonSettings } from "./settings";
import { trainVariant } from "./train-variant";
import type { TrainingResult } from "./training-result";
import { variants } from "./variants";

/** A training of the comparison, as plain data. */
export interface VariantTraining {
  /** Id of the variant. */
  variant: string;
  seed: number;
  settings: ComparisonSettings;
}

let texts: { characters: number; domains: Domain[] } | undefined;

/** The domains are read once a thread. */
async function domainsOf(characters: number, signal: AbortSignal): Promise<Domain[]> {
  if (texts?.characters !== characters)
    texts = { characters, domains: await comparisonDomains({ characters, signal }) };
  return texts.domains;
}

/** Trains and measures a variant. */
export async function runVariantTraining(
  { variant: id, seed, settings }: VariantTraining,
  { signal, report }: TrainingContext,
): Promise<TrainingResult> {
  const domains = await domainsOf(settings.characters, signal);
  const validation = validationBatches(domains, settings, settings.validationBatches);
  const variant = variants.find((candidate) => candidate.id === id)!;
  const onStep = (step: number, loss: number) =>
    report(step / settings.steps, `loss ${loss.toFixed(3)}`);
  return trainVariant(variant, seed, { settings, domains, validation, signal, onStep });
}
