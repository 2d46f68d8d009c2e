import {
  type CausalLM,
  causalTargets,
  IGNORED_LABEL,
  isEncoderFolder,
  loadEncoder,
  loadModel,
} from "@deepgrain/lm";
import { crossEntropy, noGrad, tidy } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { readEncoderIdsFile } from "../formats/encoder-ids-file";
import { floatJson } from "../formats/float-json";
import { type IdsFile, readIdsFile } from "../formats/ids-file";
import { scoreEncoder } from "./encoder-logits";
import type { Scored } from "./scored";

async function score(model: CausalLM, file: IdsFile): Promise<Scored> {
  const { logits, loss, predicted } = tidy(() =>
    noGrad(() => {
      const { attentionMask, labels } = file;
      const logits = model.forward(file, attentionMask ? { attentionMask } : {});
      const targets = causalTargets(file, labels, attentionMask);
      const predicted = targets.ne(IGNORED_LABEL).sum();
      return { logits, loss: crossEntropy(logits, targets, { reduction: "sum" }), predicted };
    }),
  );
  const count = await predicted.item();
  return {
    shape: logits.shape,
    logits: (await logits.data()) as Float32Array,
    loss: count > 0 ? (await loss.item()) / count : null,
  };
}

async function scoreFolder(folder: string, ids: string, signal: AbortSignal): Promise<Scored> {
  if (await isEncoderFolder(folder)) {
    const model = await loadEncoder(folder, { signal });
    return scoreEncoder(model.eval(), await readEncoderIdsFile(ids, model.config.task));
  }
  const model = await loadModel(folder, { signal });
  return score(model.eval(), await readIdsFile(ids, model.config.vocabSize));
}

function* json({ shape, logits, loss }: Scored): Generator<string> {
  yield `{"logits": {"shape": ${JSON.stringify(shape)}, "data": [`;
  yield* floatJson(logits);
  yield `]}, "loss": ${loss}}\n`;
}

export const logits = defineCommand({
  description: "Writes a model's logits and loss on given token ids, to compare implementations.",
  examples: [
    "logits --model runs/first/base --ids ids.json --out out.json",
    'logits --model DIR --ids ids.json   # ids.json: {"input_ids": [[1, 2, 3]], "attention_mask"?: …, "labels"?: …}',
  ],
  flags: {
    model: flags.folder({ required: true, help: "Hugging Face folder" }),
    ids: flags.file({
      required: true,
      help: "input_ids, and optionally attention_mask, labels and, for encoders, token_type_ids; rows of one length",
    }),
    out: flags.outFile({ help: "File to write; stdout without it" }),
    json: flags.flag({ help: "Errors as JSON too; the output always is" }),
  },
  async run({ model: folder, ids, out }, { write, signal }) {
    const scored = await scoreFolder(folder, ids, signal);
    if (out !== undefined) await out.save(json(scored));
    else for (const text of json(scored)) write(text);
  },
});
