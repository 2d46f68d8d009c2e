/**
 * A local model as a language model of the Vercel AI SDK.
 *
 * @packageDocumentation
 */
export { deepgrain } from "./deepgrain";
