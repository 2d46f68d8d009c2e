import type { nn, Tensor } from "@deepgrain/tensor-gpu";
import { having, mapOf, optionsOf, refuseUnknown } from "../../errors";
import {
  checkSameLayout,
  type NamedTensors,
  type ReadonlyTensors,
} from "../../federation/tensors/named-tensors";

const selected = (module: nn.Module, prefix: string): [string, Tensor][] =>
  [...module.namedTensors()].map(([name, tensor]) => [
    prefix === "" ? name : `${prefix}.${name}`,
    tensor,
  ]);

/**
 * Returns copies of all parameters and buffers of a module.
 * @param options.prefix prepended to each name with a dot (default none)
 */
export async function toNamed(
  module: nn.Module,
  options: { prefix?: string } = {},
): Promise<NamedTensors> {
  const { prefix = "", ...rest } = optionsOf("toNamed", options);
  refuseUnknown("toNamed", rest);
  having("toNamed", "module", module, "namedTensors");
  const tensors: NamedTensors = new Map();
  for (const [name, tensor] of selected(module, prefix))
    tensors.set(name, { shape: [...tensor.shape], data: (await tensor.data()) as Float32Array });
  return tensors;
}

/**
 * Copies weights into a module.
 * @param tensors all tensors of the module, and no others
 * @throws {FedError} `ERR_SHAPE` when names or shapes differ; nothing is written in that case
 */
export function fromNamed(
  module: nn.Module,
  tensors: ReadonlyTensors,
  options: { prefix?: string } = {},
): void {
  const { prefix = "", ...rest } = optionsOf("fromNamed", options);
  refuseUnknown("fromNamed", rest);
  having("fromNamed", "module", module, "namedTensors");
  mapOf("fromNamed", "tensors", tensors);
  const own = selected(module, prefix);
  const layout = new Map(
    own.map(([name, { shape }]) => [name, { shape, data: new Float32Array() }]),
  );
  checkSameLayout("fromNamed", tensors, layout);
  for (const [name, tensor] of own) tensor.set(tensors.get(name)!.data);
}
