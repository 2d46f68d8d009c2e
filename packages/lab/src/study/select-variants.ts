import { LabError } from "../errors";
import { claimsOf, type Study, type Variant, variantsOf } from "./study";

/**
 * The variants that experiments need, in the study's order: those that their claims read, those that name them, and what
 * these come after.
 *
 * @param experiments ids; undefined for the whole study
 * @throws {LabError} `ERR_ARGUMENT` for an unknown experiment
 */
export function selectVariants<S, R>(
  study: Study<S, R>,
  settings: S,
  experiments?: readonly string[],
): readonly Variant[] {
  const all = variantsOf(study, settings);
  if (experiments === undefined) return all;
  const known = Object.keys(study.experiments ?? {});
  const unknown = experiments.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new LabError(
      "ERR_ARGUMENT",
      `lab: study "${study.name}" has the experiments ${known.join(", ") || "(none)"}, got "${unknown}"`,
      { fields: { experiment: unknown } },
    );
  const isChosen = (id: string | undefined) => id !== undefined && experiments.includes(id);
  const needed = new Set([
    ...claimsOf(study, settings)
      .filter(({ experiment }) => isChosen(experiment))
      .flatMap(({ lower, higher }) => [...lower.variants, ...higher.variants]),
    ...all.filter((variant) => variant.experiments?.some(isChosen)).map(({ id }) => id),
  ]);
  // `after` names earlier variants only, so one pass from the end finds all.
  for (const { id, after = [] } of [...all].reverse())
    if (needed.has(id)) for (const other of after) needed.add(other);
  return all.filter(({ id }) => needed.has(id));
}
