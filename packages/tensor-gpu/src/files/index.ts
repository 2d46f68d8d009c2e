export { enableBlockTypes } from "./block-types";
export type { ByteSource } from "./byte-source";
export { toBfloat16, toFloat16 } from "./casts";
export type { StoredDtype, TensorData } from "./dtypes";
export type { WriteDtype } from "./encode-elements";
export { encodeSafetensors } from "./encode-safetensors";
export { compactTypeOf, fillTensor } from "./fill-tensor";
export { type Folder, openFolder, openInFolder, saveTensors } from "./folder-tensors";
export type { GgufValue } from "./gguf-cursor";
export { ggufParts } from "./gguf-parts";
export { loadWeights, saveWeights } from "./module-weights";
export type { NamedTensor, NamedTensors } from "./named-tensors";
export { openCheckpoint } from "./open-checkpoint";
export {
  type GgufFile,
  type GgufTensor,
  type JoinedTensor,
  type OpenGgufOptions,
  openGguf,
} from "./open-gguf";
export { openSafetensors } from "./open-safetensors";
export type { Source, SourceOptions } from "./open-source";
export { placeWeights, unplacedWeight } from "./place-weights";
export type { EncodeOptions, FloatDtype, TensorToWrite } from "./plan-tensors";
export { type Llama2cConfig, readLlama2c } from "./read-llama2c";
export { readLlama2cTokenizer } from "./read-llama2c-tokenizer";
export { readSafetensors, readTensors } from "./read-safetensors";
export type { ReadOptions, TensorFile } from "./tensor-file";
export { toBlocks } from "./to-blocks";
export { toKBlocks } from "./to-k-blocks";
export { type WriteSafetensorsOptions, writeSafetensors } from "./write-safetensors";
