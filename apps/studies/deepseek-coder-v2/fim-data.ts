/** @file Pieces of code for *fim*: chunks that fit the context, infilling tasks, and pairs of files for symbols. */
import { type FimMode, fim, importsOf, sentinels } from "@deepgrain/coder";
import { createRandom, ignoreIndex, type LabelledBatch, type Tokenizer } from "@deepgrain/lm";
import type { CodeFile } from "./corpora";

const marks = sentinels.deepseek;

/** Files cut between lines into chunks of about so many characters: middles are moved within what the model sees at once. */
export function chunksOf(texts: readonly string[], characters: number): string[] {
  const chunks: string[] = [];
  for (const text of texts) {
    let open = "";
    for (const line of text.split("\n")) {
      open += `${line}\n`;
      if (open.length < characters) continue;
      chunks.push(open);
      open = "";
    }
    if (open.length > characters / 4) chunks.push(open);
  }
  return chunks;
}

/** Chunks as they are trained on, several times over with other cuts. */
export const movedChunks = (
  chunks: readonly string[],
  { rate, mode, seed, passes = 3 }: { rate: number; mode: FimMode; seed: number; passes?: number },
): string[] =>
  Array.from({ length: passes }, (_, pass) =>
    chunks.map((chunk, i) =>
      fim(chunk, { rate, mode, random: createRandom([seed, pass, i]).next, sentinels: "escape" }),
    ),
  ).flat();

/** A line to fill in. */
export interface Infill {
  prefix: string;
  line: string;
  suffix: string;
}

/** One line of each chunk, neither blank nor at its ends; the same for all models and seeds. */
export const infillsOf = (chunks: readonly string[], count: number): Infill[] =>
  chunks
    .flatMap((chunk, i) => {
      const lines = chunk.split("\n");
      const fit = lines.flatMap((line, at) =>
        at > 1 && at < lines.length - 2 && line.trim().length >= 4 ? [at] : [],
      );
      const at = fit[Math.floor(createRandom([9, i]).next() * fit.length)];
      if (at === undefined) return [];
      return [
        {
          prefix: `${lines.slice(0, at).join("\n")}\n`,
          line: lines[at]!,
          suffix: `\n${lines.slice(at + 1).join("\n")}`,
        },
      ];
    })
    .slice(0, count);

/** The prompt for a line, in the form that the model was trained on. */
export const infillPrompt = ({ prefix, suffix }: Infill, mode: FimMode): string =>
  mode === "spm"
    ? marks.begin + marks.hole + suffix + marks.end + prefix
    : marks.begin + prefix + marks.hole + suffix + marks.end;

/** Segments as one row: those with a loss are labelled. */
export function labelledRow(
  segments: readonly { text: string; counts: boolean }[],
  tokenizer: Pick<Tokenizer, "encode">,
  most: number,
): LabelledBatch {
  const ids: number[] = [];
  const labels: number[] = [];
  for (const { text, counts } of segments) {
    const own = tokenizer.encode(text, { addSpecialTokens: false });
    ids.push(...own);
    labels.push(...own.map((id) => (counts ? id : ignoreIndex)));
  }
  const from = Math.max(0, ids.length - most);
  return { ids: ids.slice(from), labels: labels.slice(from), batch: 1, length: ids.length - from };
}

/** Without comments of several lines, which are most of many files. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/\n?/g, "").replace(/\n{3,}/g, "\n\n");

/** Names that a file imports, from anywhere. */
const importedNames = (text: string): string[] =>
  [...text.matchAll(/import\s*(?:type\s*)?\{([^}]*)\}/g)].flatMap(([, list]) =>
    list!
      .split(",")
      .map((name) => name.replace(/^.*\sas\s/, "").trim())
      .filter((name) => /^\w{3,}$/.test(name)),
  );

/** A file behind one that it imports; what is labelled are names of that other file. */
export function symbolSegments(dependency: CodeFile, file: CodeFile) {
  const names = importedNames(file.text).filter((name) =>
    new RegExp(`\\b${name}\\b`).test(dependency.text),
  );
  const head = `//${dependency.path}\n${dependency.text}\n//${file.path}\n`;
  const body = file.text.slice(file.text.lastIndexOf("import "));
  const start = file.text.length - body.length + Math.max(0, body.indexOf("\n"));
  const segments = [{ text: head + file.text.slice(0, start), counts: false }];
  const rest = file.text.slice(start);
  if (names.length === 0) return { segments, symbols: 0 };
  const parts = rest.split(new RegExp(`\\b(${names.join("|")})\\b`));
  for (const [i, text] of parts.entries())
    if (text !== "") segments.push({ text, counts: i % 2 === 1 });
  return { segments, symbols: Math.floor(parts.length / 2) };
}

/** Whether a file imports anything. */
export const hasImports = ({ text }: CodeFile): boolean => importsOf(text, "TypeScript").length > 0;
