import { saveFolder } from "@deepgrain/files";
import { saveTokenizer } from "@deepgrain/lm";
import type { Stage } from "../../store/run-stages";
import { trainTokenizer } from "../../training/train-tokenizer";
import type { Job } from "../job";

export interface TokenizerResult {
  vocabSize: number;
  characters: number;
  documents: number;
}

/** Trains the byte-level BPE tokenizer on the training text. */
export const tokenizerStage: Stage<Job> = {
  name: "tokenizer",
  async run({ config, folder, progress, signal, texts }): Promise<TokenizerResult> {
    const { train } = await texts();
    const { vocabSize } = config.tokenizer;
    const files = await trainTokenizer(train, { vocabSize, progress, signal });
    await saveFolder(folder.tokenizer, (path) => saveTokenizer(path, files));
    return {
      vocabSize: Object.keys(files.tokenizer.model.vocab).length,
      characters: train.reduce((n, text) => n + text.length, 0),
      documents: train.length,
    };
  },
};
