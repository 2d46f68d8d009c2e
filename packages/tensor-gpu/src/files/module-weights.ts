import { isAddress } from "@deepgrain/support/files";
import { isCompact } from "../backend/view";
import { fail, optionsOf, refuseUnknown } from "../errors";
import type { Module } from "../nn/module";
import { sameShape, showShape } from "../tensor/shape";
import type { CheckpointFolder } from "./checkpoint-layout";
import { fillTensor } from "./fill-tensor";
import { type Folder, openFolder, saveTensors } from "./folder-tensors";
import { openCheckpoint } from "./open-checkpoint";
import type { TensorFile } from "./tensor-file";
import { type WrittenSafetensors, writeSafetensors } from "./write-safetensors";

const FILE = "model.safetensors";

const isFolder = (given: unknown): given is Exclude<Folder, string> =>
  given instanceof Map || (typeof given === "object" && given !== null && "getFileHandle" in given);

/**
 * Saves the tensors of a module under their names: as `model.safetensors` in a folder, or at a path that ends in `.safetensors`
 * as that file. An earlier file is replaced when the new one is complete.
 *
 * @param folderOrFile path of a folder, which is made, or of a file (Node); a directory handle or Map
 * @returns what was written
 * @throws {TensorError} `ERR_IO` when writing fails, or for an address, saying what to give instead
 */
export async function saveWeights(
  folderOrFile: Folder,
  module: Module,
): Promise<WrittenSafetensors> {
  if ((typeof folderOrFile !== "string" && !isFolder(folderOrFile)) || folderOrFile === "")
    fail(
      "ERR_ARGUMENT",
      "saveWeights: the first argument must be a path, a FileSystemDirectoryHandle or a Map",
    );
  assertModule("saveWeights", module);
  const tensors = [...module.namedTensors()].map(([name, tensor]) => ({
    name,
    shape: tensor.shape,
    data: () => tensor.data(),
  }));
  return typeof folderOrFile === "string" &&
    folderOrFile.endsWith(".safetensors") &&
    !isAddress(folderOrFile)
    ? writeSafetensors(folderOrFile, tensors)
    : saveTensors(folderOrFile, FILE, tensors);
}

/** Options of {@link loadWeights}. */
export interface LoadWeightsOptions {
  /** Whether the names in the file must be those of the module. Default true; false leaves out what one of them lacks. */
  strict?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Overwrites the tensors of a module with those of the same names in a safetensors file or checkpoint. All names and shapes are
 * compared before the first tensor changes.
 *
 * @param folderOrFile path or address of a folder or file, a directory handle, or files by name, as `openCheckpoint` takes
 *   them or in a Map
 * @throws {TensorError} `ERR_FORMAT` for names that the module or the file lacks, `ERR_SHAPE` for another shape, and errors of
 *   reading
 */
export async function loadWeights(
  folderOrFile: CheckpointFolder | Folder,
  module: Module,
  options: LoadWeightsOptions = {},
): Promise<void> {
  const { strict = true, signal, ...rest } = optionsOf("loadWeights", options);
  refuseUnknown("loadWeights", rest);
  assertModule("loadWeights", module);
  const file = isFolder(folderOrFile)
    ? await openFolder(folderOrFile, { signal })
    : await openCheckpoint(folderOrFile, { signal });
  try {
    const tensors = new Map(module.namedTensors());
    if (strict) assertNames(file, tensors);
    const shared = [...tensors].filter(([name]) => file.has(name));
    for (const [name, { shape }] of shared) {
      const { shape: stored } = file.info(name);
      if (!sameShape(stored, shape))
        fail(
          "ERR_SHAPE",
          `loadWeights: ${name} must be ${showShape(shape)}, the file has ${showShape(stored)}`,
          { name, shape: stored, expected: shape },
        );
    }
    for (const [name, tensor] of shared)
      if (tensor.dtype === "float32" || isCompact(tensor.dtype))
        await fillTensor(tensor, file, name, { signal });
      else tensor.set((await file.readFloat32(name, { signal })).data);
  } finally {
    await file.close();
  }
}

function assertModule(op: string, module: unknown): asserts module is Module {
  if (typeof (module as Partial<Module> | null)?.namedTensors !== "function")
    fail("ERR_ARGUMENT", `${op}: the second argument must be a module`);
}

function assertNames(file: TensorFile, tensors: ReadonlyMap<string, unknown>): void {
  const refuse = (name: string, problem: string) =>
    fail("ERR_FORMAT", `loadWeights: ${problem} ${name}; strict: false leaves it out`, { name });
  for (const name of tensors.keys()) if (!file.has(name)) refuse(name, "the file lacks");
  for (const name of file.names) if (!tensors.has(name)) refuse(name, "the module lacks");
}
