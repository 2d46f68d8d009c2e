import { fail, having } from "../errors";
import { checkGate } from "./gate";
import { relationOfWords } from "./relation-of-words";
import type { Claim } from "./runs";
import type { Study, Variant } from "./study";

/** Parts of a path that no folder steals: no `..`, no leading dot. */
const idForm = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** More would make each of them hard to show. */
const MOST_PRIMARIES = 6;

const refuse = (study: string, message: string, fields: Record<string, unknown> = {}): never =>
  fail("ERR_STUDY", `lab/study "${study}": ${message}`, fields);

/**
 * The variants of a study, checked.
 * @throws {LabError} `ERR_STUDY` for ids that repeat or cannot name a folder, or an `after` that is not an earlier variant
 */
export function variantsOf<S, R>({ name, variants }: Study<S, R>, settings: S): readonly Variant[] {
  const all = typeof variants === "function" ? variants(settings) : variants;
  const earlier = new Set<string>();
  for (const { id, after = [] } of all) {
    if (!idForm.test(id)) refuse(name, `variant id "${id}" cannot name a folder`, { id });
    if (earlier.has(id)) refuse(name, `there are two variants "${id}"`, { id });
    const other = after.find((one) => !earlier.has(one));
    const problem = `variant "${id}" comes after "${other}", which no earlier variant is`;
    if (other !== undefined) refuse(name, problem, { id, other });
    earlier.add(id);
  }
  return earlier.size > 0 ? all : refuse(name, "there are no variants");
}

/** Refuses a claim whose relation does not follow from its words, or that lacks what its relation needs. */
function checkRelation<R, S>(study: string, where: string, claim: Claim<R, S>): void {
  const { margin, relation = "<", better, primary } = claim;
  const needsMargin = primary !== undefined || relation !== "<";
  if (needsMargin && margin === undefined)
    refuse(study, `${where}: a primary claim, one of "≤" and an equality need a margin`);
  if (margin !== undefined && !(margin > 0 && Number.isFinite(margin)))
    refuse(study, `${where}: margin must be above 0, got ${margin}`, { margin });
  if (relation === "≤" && better === undefined)
    refuse(study, `${where}: a claim of "≤" needs better, "lower" or "higher"`);
  if (primary === undefined) return;
  const expected = relationOfWords(primary.sentence, primary.words);
  if (relation !== expected)
    refuse(
      study,
      `claim "${primary.sentence}": its words "${primary.words}" make it "${expected}", got "${relation}"`,
    );
}

/**
 * The claims of a study, checked.
 * @throws {LabError} `ERR_STUDY` for unknown variants or experiments, a margin that is missing or not above 0, a relation that does not
 *   follow from a primary claim's words, or more than six primary claims; `ERR_ARGUMENT` for words that `relationOfWords` refuses
 */
export function claimsOf<S, R>(study: Study<S, R>, settings: S): readonly Claim<R, S>[] {
  const { name, claims = [], experiments = {} } = study;
  const all = typeof claims === "function" ? claims(settings) : claims;
  const ids = new Set(variantsOf(study, settings).map(({ id }) => id));
  for (const claim of all) {
    const { experiment, lower, higher } = claim;
    const where = `claim ${lower.measure} of ${lower.variants} against ${higher.variants}`;
    const variant = [...lower.variants, ...higher.variants].find((id) => !ids.has(id));
    if (variant !== undefined)
      refuse(name, `${where}: there is no variant "${variant}"`, { variant });
    if (experiment !== undefined && !Object.hasOwn(experiments, experiment))
      refuse(name, `${where}: there is no experiment "${experiment}"`, { experiment });
    if ((lower.pairs && higher.pairs) !== undefined)
      refuse(name, `${where}: a rank correlation is compared with a number, got two of them`);
    checkRelation(name, where, claim);
  }
  const primaries = all.filter(({ primary }) => primary !== undefined).length;
  if (primaries > MOST_PRIMARIES)
    refuse(name, `${primaries} primary claims, at most ${MOST_PRIMARIES} are allowed`, {
      primaries,
    });
  return all;
}

/**
 * A study, checked with its default settings.
 *
 * @throws {LabError} `ERR_STUDY` for a name or ids that cannot name files, ids that repeat, claims about variants or
 *   experiments that do not exist, or a gate without bounds or with trials that `checkGate` refuses
 */
export function study<S, R, V extends Variant>(definition: Study<S, R, V>): Study<S, R, V> {
  having("study", "definition", definition, "name", "title");
  const { name, settings } = definition;
  if (!/^[\w-]+$/.test(name)) refuse(name, "the name may hold letters, digits, _ and -", { name });
  claimsOf(definition, settings);
  for (const gate of definition.gates ?? []) checkGate(name, gate);
  return definition;
}
