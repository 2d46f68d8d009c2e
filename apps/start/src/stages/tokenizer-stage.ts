import type { Stage } from "@deepgrain/command-line/runs/run-stages";
import { trainedTokenizer } from "@deepgrain/command-line/trainings/pretraining-texts";
import { saveTokenizer } from "@deepgrain/lm";
import type { DomainTexts } from "@deepgrain/studies/shared/texts/text-domains";
import { saveFolder } from "@deepgrain/support/files";
import type { Job } from "../job";
import type { JobConfig } from "../job-config";

export interface TokenizerResult {
  vocabSize: number;
  characters: number;
  documents: number;
}

/** Characters that the tokenizer learns from, at most. */
const SAMPLE = 2_500_000;

/** The beginning of every document, and of each kind of text as much as is read of it. */
function sampleOf({ name, train }: DomainTexts, shares: JobConfig["text"]["shares"]): string[] {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  const characters = train.reduce((sum, { length }) => sum + length, 0);
  const part = Math.min(1, (SAMPLE * shares[name]) / total / characters);
  return train.map((text) => text.slice(0, Math.ceil(part * text.length)));
}

/** Trains the byte-level BPE tokenizer on the training text. */
export const tokenizerStage: Stage<Job> = {
  name: "tokenizer",
  async run({ config, folder, progress, signal, texts }): Promise<TokenizerResult> {
    const train = (await texts()).flatMap((domain) => sampleOf(domain, config.text.shares));
    const options = { ...config.tokenizer, splitsDigits: true };
    const files = await trainedTokenizer(train, options, { progress, signal });
    await saveFolder(folder.tokenizer, (path) => saveTokenizer(path, files));
    return {
      vocabSize: Object.keys(files.tokenizer.model.vocab).length,
      characters: train.reduce((n, text) => n + text.length, 0),
      documents: train.length,
    };
  },
};
