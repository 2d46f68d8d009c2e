import { judgeFile, packRepository } from "@deepgrain/coder";
import { languageNamed } from "@deepgrain/coder/languages";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { createRandom } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { rowsText } from "./document-rows";
import type { orderFlags } from "./flags";
import { languageOfFile, packageNameOf, repositoryFiles } from "./repository-files";

/** The marker of comments in a file's language. */
const lineComment = (path: string) =>
  languageNamed(languageOfFile(path) ?? "")?.lineComment ?? undefined;

/** `coder order`. */
export const order: RunCommand<typeof orderFlags> = async (
  { repository, order: by, maxLength, filter, seed, out, json },
  { write },
) => {
  const { files, unreadable } = await repositoryFiles(repository);
  const isKept = ({ path, text }: { path: string; text: string }) =>
    judgeFile({ text, language: languageOfFile(path)! }).length === 0;
  const kept = filter ? files.filter(isKept) : files;
  if (kept.length === 0) throw new FormatError(`${repository} holds no source files`);
  const { next: random } = createRandom([seed]);
  const packageName = await packageNameOf(repository);
  const options = { order: by, random, maxLength, lineComment, packageName };
  const samples = packRepository(kept, options);
  await out.save(rowsText(samples));
  const counts = {
    files: files.length,
    dropped: files.length - kept.length,
    unreadable,
    samples: samples.length,
  };
  const text = `${counts.files} files, ${counts.dropped} dropped, ${unreadable} that are not UTF-8 passed over: ${counts.samples} samples`;
  if (out.path !== "-") write(`${json ? JSON.stringify(counts) : text}\n`);
};
