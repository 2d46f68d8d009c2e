import { createRequire } from "node:module";
import { join } from "node:path";
import { takeTurn } from "@deepgrain/support";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import { readJson } from "./read-bytes";

/** The languages into which the compiler's messages are translated. */
export const compilerLanguages = [
  "cs",
  "de",
  "es",
  "fr",
  "it",
  "ja",
  "ko",
  "pl",
  "pt-br",
  "ru",
  "tr",
  "zh-cn",
  "zh-tw",
] as const;

export type CompilerLanguage = (typeof compilerLanguages)[number];

/** One message of the TypeScript compiler in two languages. `{0}`, `{1}` stand for arguments. */
export interface CompilerMessage {
  /** Its number: 2322 for TS2322. */
  readonly code: number;
  readonly category: "warning" | "error" | "suggestion" | "message";
  readonly language: CompilerLanguage;
  readonly english: string;
  readonly translation: string;
}

interface Diagnostic {
  code: number;
  category: number;
  message: string;
}

const categories = ["warning", "error", "suggestion", "message"] as const;

/** The English messages by code. They are part of the compiler itself, which is loaded for them. */
function englishMessages(folder: string): Map<number, Diagnostic> {
  const require = createRequire(join(folder, "package.json"));
  let diagnostics: Record<string, Diagnostic> | undefined;
  let cause: unknown;
  try {
    diagnostics = (require(folder) as { Diagnostics?: Record<string, Diagnostic> | undefined })
      .Diagnostics;
  } catch (error) {
    cause = error;
  }
  if (!diagnostics) {
    const message = `datasets/compilerMessages: ${folder} holds no TypeScript 5 (no Diagnostics)`;
    throw new DatasetsError("ERR_FORMAT", message, { fields: { path: folder }, cause });
  }
  return new Map(Object.values(diagnostics).map((entry) => [entry.code, entry]));
}

/**
 * Yields the TypeScript compiler's messages with their translation, by ascending code. Every
 * language has the same codes in the same order, so two languages can be zipped.
 *
 * @param language one of {@link compilerLanguages}
 * @returns 2,120 pairs from TypeScript 5.9.3, installed under the name `typescript-5`
 * @throws {DatasetsError} on the first step: `ERR_RANGE` for another language,
 *   `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or `ERR_FORMAT`
 */
export async function* compilerMessages(
  language: CompilerLanguage,
  options: LoadOptions = {},
): AsyncGenerator<CompilerMessage> {
  const { from, signal, ...rest } = optionsOf("compilerMessages", options);
  refuseUnknown("compilerMessages", rest);
  if (!compilerLanguages.includes(language))
    throw new DatasetsError(
      "ERR_RANGE",
      `datasets/compilerMessages: language must be one of ${compilerLanguages.join(", ")}, got ${language}`,
      { fields: { language } },
    );
  const folder = packageFolder("compilerMessages", "typescript-5", from);
  const path = join(folder, "lib", language, "diagnosticMessages.generated.json");
  const translations = await readJson("compilerMessages", path, signal);
  const english = englishMessages(folder);
  // A key is the shortened English text with underscores, followed by the code; only the code identifies the message.
  const pairs = Object.entries(translations as Record<string, string>)
    .map(([key, translation]) => ({ code: Number(/_(\d+)$/.exec(key)?.[1]), translation }))
    .sort((a, b) => a.code - b.code);
  for (const { code, translation } of pairs) {
    await takeTurn();
    signal?.throwIfAborted();
    const entry = english.get(code);
    const category = categories[entry?.category ?? -1];
    if (!entry || !category)
      throw new DatasetsError("ERR_FORMAT", `datasets/compilerMessages: unknown code in ${path}`, {
        fields: {
          path,
          code,
        },
      });
    yield { code, category, language, english: entry.message, translation };
  }
}
