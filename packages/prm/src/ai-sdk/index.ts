/** @file Completers from any model of the Vercel AI SDK. */
export { type AiSdkCompleterOptions, aiSdkCompleter } from "./ai-sdk-completer";
