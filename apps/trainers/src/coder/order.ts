import { judgeFile, packRepository } from "@deepgrain/coder";
import { languageNamed } from "@deepgrain/coder/languages";
import { createRandom } from "@deepgrain/lm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { FormatError } from "../formats/read-json";
import { rowsText } from "./document-rows";
import { languageOfFile, repositoryFiles } from "./repository-files";

/** The marker of comments in a file's language. */
const lineComment = (path: string) =>
  languageNamed(languageOfFile(path) ?? "")?.lineComment ?? undefined;

export const order = defineCommand({
  description:
    "Packs a repository into samples for training: files that depend on one another stand together, each behind a comment with its path.",
  examples: [
    "coder order --repository DIR --out samples.jsonl",
    "coder order --repository DIR --order random --max-length 60000 --out samples.jsonl",
  ],
  flags: {
    repository: flags.folder({ required: true, help: "Folder of the repository" }),
    order: flags.choice(["topological", "random", "path"], {
      default: "topological",
      help: "What a file depends on stands before it (DeepSeek-Coder); random (DeepSeek-Coder-V2, say its authors); or by path",
    }),
    maxLength: flags.whole({
      min: 1,
      help: "Characters of a sample, which is split between files; no limit without it",
    }),
    filter: flags.flag({ help: "Leave out files that the paper's five filters drop" }),
    seed: flags.whole({ default: 0, help: "Of --order random" }),
    out: flags.outFile({ required: true, help: 'JSON lines of {"paths", "text"} to write' }),
    json: flags.flag({ help: "Print the counts as JSON" }),
  },
  async run({ repository, order: by, maxLength, filter, seed, out, json }, { write }) {
    const { files, unreadable } = await repositoryFiles(repository);
    const isKept = ({ path, text }: { path: string; text: string }) =>
      judgeFile({ text, language: languageOfFile(path)! }).length === 0;
    const kept = filter ? files.filter(isKept) : files;
    if (kept.length === 0) throw new FormatError(`${repository} holds no source files`);
    const { next: random } = createRandom([seed]);
    const samples = packRepository(kept, { order: by, random, maxLength, lineComment });
    await out.save(rowsText(samples));
    const counts = {
      files: files.length,
      dropped: files.length - kept.length,
      unreadable,
      samples: samples.length,
    };
    const text = `${counts.files} files, ${counts.dropped} dropped, ${unreadable} that are not UTF-8 passed over: ${counts.samples} samples`;
    if (out.path !== "-") write(`${json ? JSON.stringify(counts) : text}\n`);
  },
});
