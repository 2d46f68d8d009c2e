/**
 * Completers from any model of the Vercel AI SDK.
 *
 * @packageDocumentation
 */
export { aiSdkCompleter } from "./ai-sdk-completer";
