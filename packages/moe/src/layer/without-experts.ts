import { having } from "../errors";
import type { MoeLayer } from "./moe-layer";

/**
 * Runs some work in which no token may choose certain experts; tokens choose among the others.
 *
 * @param layers of a model, by number
 * @param experts to switch off, by the number of their layer
 * @returns what the work returns; the layers' own probes are restored in any case
 */
export async function withoutExperts<T>(
  layers: ReadonlyMap<number, MoeLayer>,
  experts: ReadonlyMap<number, readonly number[]>,
  work: () => Promise<T>,
): Promise<T> {
  having("withoutExperts", "layers", layers, "get");
  const before = [...experts.keys()].map((layer) => [layer, layers.get(layer)!.probe] as const);
  for (const [layer, without] of experts) layers.get(layer)!.probe = { without };
  try {
    return await work();
  } finally {
    for (const [layer, probe] of before) layers.get(layer)!.probe = probe;
  }
}
