import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";

/** Mean of all Fisher values, in float64. @throws {PurifyError} `ERR_NOT_FINITE` naming the tensor, also for values below 0 */
export function meanFisher(fisher: NamedTensors, names: Iterable<string> = fisher.keys()): number {
  let [sum, count] = [0, 0];
  for (const name of names) {
    const { data } = fisher.get(name)!;
    sum += checkedSum(name, data);
    count += data.length;
  }
  return count === 0 ? 0 : sum / count;
}

/** Sum of Fisher values. @throws {PurifyError} `ERR_NOT_FINITE` */
export function checkedSum(name: string, data: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    if (!(data[i]! >= 0 && data[i]! < Infinity))
      throw new PurifyError(
        "ERR_NOT_FINITE",
        `fine-purify: Fisher values must be finite and at least 0; ${name} holds ${data[i]} at ${i}`,
        { fields: { name, index: i } },
      );
    sum += data[i]!;
  }
  return sum;
}
