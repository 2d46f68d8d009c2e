import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readEncoderIdsFile } from "@deepgrain/command-line/files/encoder-ids-file";
import { floatJson } from "@deepgrain/command-line/files/float-json";
import { type IdsFile, readIdsFile } from "@deepgrain/command-line/files/ids-file";
import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  type CausalLM,
  causalTargets,
  type EncoderBatch,
  type EncoderModel,
  IGNORED_LABEL,
  isEncoderFolder,
  loadEncoder,
  loadModel,
} from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { crossEntropy, noGrad, tidy } from "@deepgrain/tensor-gpu";
import type { logitsFlags } from "./flags";

/** The output of the command for one batch. */
interface Scored {
  shape: readonly number[];
  logits: Float32Array;
  /** Mean loss, in nats except for regression; null if there is no label to predict. */
  loss: number | null;
}

/** Logits of an encoder's head, with the mean loss over labelled rows or tokens. */
async function scoreEncoder(model: EncoderModel, batch: EncoderBatch): Promise<Scored> {
  const isLabelled =
    batch.labels !== undefined &&
    (model.config.task !== "masked-lm" ||
      Array.from(batch.labels).some((label) => label !== IGNORED_LABEL));
  const { logits, loss } = tidy(() =>
    noGrad(() => ({
      logits: model.forward(batch),
      loss: isLabelled ? model.loss(batch) : null,
    })),
  );
  return {
    shape: logits.shape,
    logits: (await logits.data()) as Float32Array,
    loss: loss && (await loss.item()),
  };
}

async function score(model: CausalLM, file: IdsFile): Promise<Scored> {
  const { logits, loss, predicted } = tidy(() =>
    noGrad(() => {
      const { attentionMask, labels } = file;
      const logits = model.forward(file, { attentionMask });
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

async function scoreFolder(
  { model: folder, ids, dtype }: Omit<Values<typeof logitsFlags>, "out" | "json">,
  signal: AbortSignal,
): Promise<Scored> {
  if (await isEncoderFolder(folder)) {
    if (dtype !== "float32") throw new UsageError("--dtype: encoders have float32 weights");
    const model = await loadEncoder(folder, { signal });
    return scoreEncoder(model.eval(), await readEncoderIdsFile(ids, model.config.task));
  }
  const model = await loadModel(folder, { dtype, signal });
  return score(model.eval(), await readIdsFile(ids, model.config.vocabSize));
}

function* json({ shape, logits, loss }: Scored): Generator<string> {
  yield `{"logits": {"shape": ${JSON.stringify(shape)}, "data": [`;
  yield* floatJson(logits);
  yield `]}, "loss": ${loss}}\n`;
}

/** `logits`. */
export const logits: RunCommand<typeof logitsFlags> = async (
  { out, json: _, ...given },
  { write, signal },
) => {
  const scored = await scoreFolder(given, signal);
  if (out !== undefined) await out.save(json(scored));
  else for (const text of json(scored)) write(text);
};
