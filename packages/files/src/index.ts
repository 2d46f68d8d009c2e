export { FilesError, type FilesErrorCode } from "./errors";
export { ioError, reasonOf, systemCode } from "./io-error";
export { acquireLock, type Lock, type LockHolder, type LockOptions, withLock } from "./lock";
export { makeFolder, syncFolder } from "./make-folder";
export { nodeFiles } from "./node-modules";
export { fileNameOf, folderOf, inFolder, withoutSlash } from "./paths";
export { type LeftoverOptions, removeLeftovers } from "./remove-leftovers";
export { removeFolder, saveFolder } from "./save-folder";
export { type Chunks, type StagedFile, stageFile, writeFileAtomic } from "./stage-file";
