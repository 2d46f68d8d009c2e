/**
 * Models of the Hugging Face hub by name, with a cache.
 *
 * @packageDocumentation
 */
export { type HubFolderOptions, hubFolder } from "./hub-folder";
export type { HubOptions, HubProgress } from "./hub-settings";
export type { HubPart } from "./wanted-files";
