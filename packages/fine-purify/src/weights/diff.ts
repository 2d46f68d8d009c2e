import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";
import { partOfModel } from "./part-of-model";
import { type Floats, pairsInMemory } from "./weight-pairs";

/**
 * δ = w^FT − w^Init for every weight that both checkpoints contain.
 *
 * @throws {PurifyError} `ERR_MISMATCH` for weights other than heads that only one of them holds, `ERR_SHAPE`,
 *   `ERR_NOT_FINITE` naming the tensor
 */
export function diff(init: NamedTensors, finetuned: NamedTensors): NamedTensors {
  const isHead = (name: string) => partOfModel(name) === "head";
  const { tensors } = pairsInMemory(init, finetuned, undefined, () => true, isHead);
  return new Map(
    tensors.map(({ name, shape }) => {
      const [a, b] = [init.get(name)!.data, finetuned.get(name)!.data];
      const data = new Float32Array(a.length);
      for (let i = 0; i < data.length; i++) data[i] = b[i]! - a[i]!;
      assertFinite(name, data);
      return [name, { shape, data }];
    }),
  );
}

/** @throws {PurifyError} `ERR_NOT_FINITE` naming the tensor and the first bad element */
export function assertFinite(name: string, data: Floats, start = 0): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new PurifyError(
        "ERR_NOT_FINITE",
        `fine-purify: the difference of ${name} is ${data[i]} at ${start + i}; both checkpoints must be finite`,
        { fields: { name, index: start + i } },
      );
}
