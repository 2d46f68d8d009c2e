/**
 * Purifies safetensors files, tensor by tensor.
 *
 * @packageDocumentation
 */
export { writeFisher } from "./fisher-file";
export { purifyFiles } from "./purify-files";
