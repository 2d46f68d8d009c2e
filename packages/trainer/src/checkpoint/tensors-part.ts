import { inFolder } from "@deepgrain/files";
import { type nn, openSafetensors, type Tensor, writeSafetensors } from "@deepgrain/tensor-gpu";
import { TrainerError } from "../errors";
import type { CheckpointPart } from "./part";

const FILE = "model.safetensors";

/** How the engine's types are stored; its truth values are read as whole numbers, weights in fewer bits as float32. */
const stored = {
  float32: "F32",
  bfloat16: "F32",
  int8: "F32",
  int32: "I32",
  bool: "I32",
} as const;

/** @throws {TrainerError} `ERR_FORMAT` naming what the file lacks, has too much, or has in another shape */
function checkNames(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  found: ReadonlyMap<string, readonly number[]>,
): void {
  const fail = (problem: string, name: string) =>
    new TrainerError("ERR_FORMAT", `trainer/checkpoint: ${file} ${problem}`, {
      fields: { file, name },
    });
  for (const [name, { shape }] of tensors) {
    const other = found.get(name);
    if (!other) throw fail(`must hold ${name}, which is missing`, name);
    if (other.join() !== shape.join())
      throw fail(`must hold ${name} of shape [${shape}], got [${other}]`, name);
  }
  for (const name of found.keys())
    if (!tensors.has(name)) throw fail(`must not hold ${name}, which the module lacks`, name);
}

/**
 * A checkpoint part that keeps tensors under their names, as a safetensors file.
 *
 * @param list gives the tensors, with unique names; called at each save and restore
 */
export const tensorsPart = (list: () => Iterable<nn.NamedTensor>): CheckpointPart => ({
  async save(folder) {
    const tensors = [...list()].map(([name, tensor]) => ({
      name,
      shape: tensor.shape,
      dtype: stored[tensor.dtype],
      data: () => tensor.data(),
    }));
    await writeSafetensors(inFolder(folder, FILE), tensors);
  },
  async restore(folder) {
    const path = inFolder(folder, FILE);
    const file = await openSafetensors(path);
    try {
      const tensors = new Map(list());
      checkNames(path, tensors, new Map(file.names.map((name) => [name, file.info(name).shape])));
      for (const [name, tensor] of tensors) tensor.set((await file.read(name)).data as never);
    } finally {
      await file.close();
    }
  },
});

/** All tensors of a module, buffers included, under their property paths: what `fit` saves as weights by default. */
export const moduleWeights = (module: nn.Module): CheckpointPart =>
  tensorsPart(() => module.namedTensors());
