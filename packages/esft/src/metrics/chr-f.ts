import { optionsOf, real, refuseUnknown, textOf, whole } from "../errors";

function nGrams(characters: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + n <= characters.length; at++) {
    const gram = characters.slice(at, at + n).join("");
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

const size = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/**
 * chrF of one text: precision and recall of character n-grams, each averaged over the orders that both texts are long enough
 * for, combined as F_β. White space is left out.
 *
 * @param options.maxOrder longest n-gram, default 6
 * @param options.beta weight of recall, default 2
 * @returns from 0 to 1; 0 when either text is empty
 * @throws {EsftError} `ERR_RANGE` for settings out of range
 * @see Popović 2015 (chrF), section 2; Popović 2016 for β = 2
 */
export function chrF(
  prediction: string,
  reference: string,
  options: { maxOrder?: number | undefined; beta?: number | undefined } = {},
): number {
  textOf("chrF", "prediction", prediction);
  textOf("chrF", "reference", reference);
  const { maxOrder = 6, beta = 2, ...rest } = optionsOf("chrF", options);
  refuseUnknown("chrF", rest);
  whole("chrF", "maxOrder", maxOrder, { min: 1 });
  real("chrF", "beta", beta, { above: 0 });
  const [own, wanted] = [prediction, reference].map((text) => [...text.replaceAll(/\s/gu, "")]);
  let [precision, recall, orders] = [0, 0, 0];
  for (let n = 1; n <= maxOrder; n++) {
    const [left, right] = [nGrams(own!, n), nGrams(wanted!, n)];
    if (left.size === 0 || right.size === 0) break;
    let common = 0;
    for (const [gram, count] of left) common += Math.min(count, right.get(gram) ?? 0);
    precision += common / size(left);
    recall += common / size(right);
    orders++;
  }
  if (orders === 0 || precision + recall === 0) return 0;
  const [p, r, b] = [precision / orders, recall / orders, beta * beta];
  return ((1 + b) * p * r) / (b * p + r);
}
