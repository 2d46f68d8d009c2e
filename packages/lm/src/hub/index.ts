/**
 * Models of the Hugging Face hub by name, with a cache.
 *
 * @packageDocumentation
 */
export { hubFolder } from "./hub-folder";
export type { HubProgress } from "./hub-settings";
