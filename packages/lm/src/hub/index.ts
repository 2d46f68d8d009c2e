export { type HubFolderOptions, hubFolder } from "./hub-folder";
export type { HubOptions, HubProgress } from "./hub-settings";
export type { HubPart } from "./wanted-files";
