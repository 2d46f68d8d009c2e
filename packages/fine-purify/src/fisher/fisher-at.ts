import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { having, textOf } from "../errors";

/**
 * The weights at which the Fisher information is computed: the pre-trained ones, the fine-tuned ones, their midpoint,
 * or the average of both Fisher diagonals.
 */
export type FisherPlace = "init" | "finetuned" | "midpoint" | "average";

function combined(a: NamedTensors, b: NamedTensors): NamedTensors {
  return new Map(
    [...b].map(([name, { shape, data }]) => {
      const other = a.get(name)?.data ?? data;
      return [name, { shape, data: data.map((value, i) => (value + other[i]!) / 2) }];
    }),
  );
}

/**
 * Fisher values at one of the {@link FisherPlace}s. Weights that only the fine-tuned model has (its head) always keep
 * their fine-tuned values. The pre-trained weights are the default of this package: at the weights of a fitted victim
 * the values are dominated by a few hard rows. The formula leaves the place open.
 *
 * @param measure loads weights into the model and computes Fisher values there
 */
export async function fisherAt(
  place: FisherPlace,
  init: NamedTensors,
  finetuned: NamedTensors,
  measure: (weights: NamedTensors) => Promise<NamedTensors>,
): Promise<NamedTensors> {
  textOf("fisherAt", "place", place);
  having("fisherAt", "init", init, "get");
  having("fisherAt", "finetuned", finetuned, "get");
  const initial: NamedTensors = new Map(
    [...finetuned].map(([name, tensor]) => [name, init.get(name) ?? tensor]),
  );
  if (place === "init") return measure(initial);
  if (place === "finetuned") return measure(finetuned);
  if (place === "midpoint") return measure(combined(initial, finetuned));
  return combined(await measure(initial), await measure(finetuned));
}
