export { writeFisher } from "./fisher-file";
export { purifyFiles } from "./purify-files";
