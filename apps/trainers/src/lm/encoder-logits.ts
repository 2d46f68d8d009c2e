import { type EncoderBatch, type EncoderModel, IGNORED_LABEL } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import type { Scored } from "./scored";

/** Logits of an encoder's head, with the mean loss over labelled rows or tokens. */
export async function scoreEncoder(model: EncoderModel, batch: EncoderBatch): Promise<Scored> {
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
