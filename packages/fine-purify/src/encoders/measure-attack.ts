import { type DataAttack, withPattern } from "../attacks/poison";
import { having, optionsOf, refuseUnknown } from "../errors";
import { type Evaluation, evaluate } from "../metrics/evaluate";
import { seededRandom } from "../random";
import { predictRows } from "./row-classifier";
import type { TextClassifier, TextRow } from "./text-rows";

/**
 * ACC on rows, and ASR or BACC on the same rows with an attack's pattern.
 *
 * @param options.seed of the pattern's places (default 0)
 * @param options.predict instead of the classifier's own classes, for example those of a defence
 * @throws {PurifyError} as `evaluate`
 */
export function measureAttack(
  classifier: TextClassifier,
  rows: readonly TextRow[],
  plan: DataAttack,
  options: {
    seed?: number | undefined;
    predict?: ((rows: readonly TextRow[]) => Promise<number[]>) | undefined;
  } = {},
): Promise<Evaluation> {
  const {
    seed = 0,
    predict = (own: readonly TextRow[]) => predictRows(classifier, own),
    ...rest
  } = optionsOf("measureAttack", options);
  refuseUnknown("measureAttack", rest);
  having("measureAttack", "classifier", classifier, "tokenizer", "length");
  const marked = withPattern(rows, plan, seededRandom(seed)).map((row, i) => ({
    ...rows[i]!,
    ...row,
  }));
  const { kind, target } = plan;
  return evaluate(
    predict,
    kind === "bias" ? { clean: rows, biased: marked } : { clean: rows, triggered: marked, target },
  );
}
