export { writeFisher } from "./fisher-file";
export { type CheckpointPaths, type PurifyFilesOptions, purifyFiles } from "./purify-files";
