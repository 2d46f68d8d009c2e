import {
  deepseekChatTemplate,
  saveTokenizer,
  tokenizerConfig,
  trainBpeEvents,
} from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import type { Stage } from "../../runs/run-stages";
import { saveFolder } from "../../runs/save-folder";
import type { Job } from "../job";
import { specialTokens } from "../special-tokens";

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
    const task = progress.task("Tokenizer");
    const { bosToken, eosToken } = specialTokens;
    const events = trainBpeEvents(train, {
      vocabSize: config.tokenizer.vocabSize,
      specialTokens: Object.values(specialTokens),
      bosToken,
      eosToken,
      signal,
    });
    let vocabSize = 0;
    for await (const event of events) {
      await nextTurn();
      if (event.type === "merge-end")
        task.update(
          event.merges / event.totalMerges,
          `"${event.token}" occurs ${event.count} times`,
        );
      if (event.type !== "train-end") continue;
      const { tokenizer } = event;
      vocabSize = Object.keys(tokenizer.model.vocab).length;
      const roles = { ...specialTokens, chatTemplate: deepseekChatTemplate };
      await saveFolder(folder.tokenizer, (path) =>
        saveTokenizer(path, { tokenizer, config: tokenizerConfig(tokenizer, roles) }),
      );
    }
    const characters = train.reduce((n, text) => n + text.length, 0);
    task.end(
      `${vocabSize} tokens, learnt from ${(characters / 1e6).toFixed(1)} million characters`,
    );
    return { vocabSize, characters, documents: train.length };
  },
};
