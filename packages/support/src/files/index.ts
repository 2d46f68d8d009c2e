export { appendText } from "./append-text";
export { copyFile } from "./copy-file";
export { type Disk, disk, type OpenFile } from "./disk";
export { FilesError, type FilesErrorCode } from "./errors";
export { exists } from "./exists";
export * from "./folder";
export { ioError, reasonOf, systemCode } from "./io-error";
export {
  hashOf,
  type LossyPlace,
  lossyPlace,
  saveJson,
  saveText,
  saveTextNow,
} from "./json";
export { makeFolder, syncFolder } from "./make-folder";
export { nodeCrypto, nodeFiles, nodeOs } from "./node-modules";
export type { OwnBytes } from "./own-bytes";
export { ownName } from "./own-names";
export { fileNameOf, folderOf, inFolder, withoutSlash } from "./paths";
export { isRunning, type ProcessIdentity, processOf, thisProcess } from "./process-identity";
export { type Provenance, provenance } from "./provenance";
export { type LeftoverOptions, removeLeftovers } from "./remove-leftovers";
export { removeFolder, saveFolder } from "./save-folder";
export { spawnOwned } from "./spawn-owned";
export {
  type Chunks,
  type StagedFile,
  stageFile,
  type WriteOptions,
  writeFileAtomic,
} from "./stage-file";
export { type OutputPlace, outputPlace, writeOutput } from "./write-output";
