import type { GgufFile } from "@deepgrain/tensor-gpu";
import { type GgufEntry, isBlockType, uint32 } from "./encode-gguf";
import type { GgufPlan } from "./gguf-plan";

/** The type of a tensor's blocks in a file that has it in the same shape. */
function blockTypeIn(source: GgufFile, { name, shape }: GgufEntry) {
  if (!source.has(name)) return undefined;
  const { dtype, shape: own } = source.info(name);
  const isSame = own.length === shape.length && own.every((size, axis) => size === shape[axis]);
  return isSame && isBlockType(dtype) ? dtype : undefined;
}

/**
 * A plan whose tensors are, bit for bit, the blocks of the file that the model was read from; its number of the file's type, too.
 * Tensors that the file has not, in another shape or as floats come from the model.
 */
export function withBlocksOf({ values, tensors }: GgufPlan, source: GgufFile): GgufPlan {
  const fileType = source.values.get("general.file_type");
  const isNumber = typeof fileType === "number" && Number.isInteger(fileType) && fileType >= 0;
  return {
    values: isNumber ? new Map([...values, ["general.file_type", uint32(fileType)]]) : values,
    tensors: tensors.map((tensor) => {
      const type = blockTypeIn(source, tensor);
      if (type === undefined) return tensor;
      const bytes = async () => (await source.readRaw(tensor.name)).bytes;
      return { ...tensor, type, bytes };
    }),
  };
}
