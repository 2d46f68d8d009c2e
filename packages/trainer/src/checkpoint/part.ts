import { nameInFolder, saveFiles } from "@deepgrain/support/files";
import { type DType, type Folder, type nn, openInFolder, saveTensors } from "@deepgrain/tensor-gpu";
import { fail, functionOf, having } from "../errors";
import { jsonText, readJson } from "./folders";

/** Something that a checkpoint holds: model weights, factors, a reference model, counters. */
export interface CheckpointPart {
  /** Writes files into a folder, which is there already. */
  save(folder: Folder): Promise<unknown>;
  /** Puts back what `save` wrote. Throws where the files are damaged or of another run. */
  restore(folder: Folder): Promise<unknown>;
}

/** Parts by name; each has a folder of that name in the checkpoint. */
export type CheckpointParts = Readonly<Record<string, CheckpointPart>>;

/**
 * A checkpoint part that keeps a value of JSON, such as the state of a random generator or a list of rewards.
 *
 * @param read gives the value to save
 * @param write takes it back; throws where it is not what it should be
 */
export const jsonPart = (
  read: () => unknown,
  write: (value: unknown) => unknown,
): CheckpointPart => {
  functionOf("jsonPart", "read", read);
  return {
    save: (folder) => saveFiles(folder, new Map([["state.json", jsonText(read())]])),
    restore: async (folder) => write(await readJson(folder, "state.json")),
  };
};

/** How the engine's types are stored; its truth values are read as whole numbers. */
const storedAs = (dtype: DType): "F32" | "I32" =>
  dtype === "int32" || dtype === "bool" ? "I32" : "F32";

/**
 * A checkpoint part that keeps tensors under their names, as a safetensors file. Restoring refuses a file that lacks a
 * tensor, has too many, or has one of another shape, before any tensor changes.
 *
 * @param list gives the tensors, with unique names; called at each save and restore
 */
export const tensorsPart = (list: () => Iterable<nn.NamedTensor>): CheckpointPart => {
  functionOf("tensorsPart", "list", list);
  return {
    async save(folder) {
      const tensors = [...list()].map(([name, tensor]) => ({
        name,
        shape: tensor.shape,
        dtype: storedAs(tensor.dtype),
        data: () => tensor.data(),
      }));
      await saveTensors(folder, "model.safetensors", tensors);
    },
    async restore(folder) {
      const path = nameInFolder(folder, "model.safetensors");
      const refuse = (problem: string, name: string) =>
        fail("ERR_FORMAT", `trainer/checkpoint: ${path} ${problem}`, { file: path, name });
      const file = await openInFolder(folder, "model.safetensors");
      try {
        const tensors = new Map(list());
        const found = new Set(file.names);
        for (const [name, { shape }] of tensors) {
          if (!found.delete(name)) refuse(`must hold ${name}, which is missing`, name);
          const other = file.info(name).shape;
          if (other.join() !== shape.join())
            refuse(`must hold ${name} of shape [${shape}], got [${other}]`, name);
        }
        for (const name of found) refuse(`must not hold ${name}, which the module lacks`, name);
        for (const [name, tensor] of tensors) tensor.set((await file.read(name)).data as never);
      } finally {
        await file.close();
      }
    },
  };
};

/** All tensors of a module, buffers included, under their property paths: what `fit` saves as weights by default. */
export const moduleWeights = (module: nn.Module): CheckpointPart => {
  having("moduleWeights", "module", module, "namedTensors");
  return tensorsPart(() => module.namedTensors());
};
