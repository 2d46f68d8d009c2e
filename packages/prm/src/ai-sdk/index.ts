/** @file Completers from any model of the Vercel AI SDK. */
export { aiSdkCompleter } from "./ai-sdk-completer";
