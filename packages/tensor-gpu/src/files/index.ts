export type { ByteSource } from "./byte-source";
export * from "./casts";
export type { CheckpointFolder } from "./checkpoint-layout";
export type { FileDtype, StoredDtype, TensorData } from "./dtypes";
export type { WriteData, WriteDtype } from "./encode-elements";
export { encodeSafetensors } from "./encode-safetensors";
export { fillTensor } from "./fill-tensor";
export {
  type DirectoryHandle,
  type FileHandle,
  type Folder,
  openFolder,
  openInFolder,
  saveTensors,
} from "./folder-tensors";
export type { GgufValue } from "./gguf-cursor";
export { type LoadWeightsOptions, loadWeights, saveWeights } from "./module-weights";
export type { NamedTensor, NamedTensors } from "./named-tensors";
export { type OpenCheckpointOptions, openCheckpoint } from "./open-checkpoint";
export { type GgufFile, type GgufTensor, openGguf } from "./open-gguf";
export { openSafetensors } from "./open-safetensors";
export { openSource, type Source, type SourceOptions } from "./open-source";
export type { EncodeOptions, FloatDtype, TensorToWrite } from "./plan-tensors";
export { type Llama2cConfig, readLlama2c } from "./read-llama2c";
export {
  type Llama2cPiece,
  type Llama2cTokenizer,
  readLlama2cTokenizer,
} from "./read-llama2c-tokenizer";
export { type ReadSafetensorsOptions, readSafetensors, readTensors } from "./read-safetensors";
export { type RotaryProjection, rotaryHalvesToPairs, rotaryPairsToHalves } from "./rotary-rows";
export {
  readSafetensorsHeader,
  type SafetensorsHeader,
  type TensorInfo,
} from "./safetensors-header";
export type { ReadOptions, TensorFile } from "./tensor-file";
export {
  type WriteSafetensorsOptions,
  type WrittenSafetensors,
  writeSafetensors,
} from "./write-safetensors";
