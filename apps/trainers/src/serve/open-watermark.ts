import { readKeyRing, readProfileFile } from "@deepgrain/command-line/files/secret-files";
import type { Values } from "@deepgrain/command-line/flags/flags";
import type { CausalLM, Tokenizer } from "@deepgrain/lm";
import { sameModelProxy } from "@deepgrain/studies/balance-marking/language-model";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { createWatermark, spelledCodec, type Watermark } from "@deepgrain/watermark";
import type { watermarkFlags } from "./watermark-flags";

/** The watermark that the flags choose; paths are absolute, so that another thread can read them. */
export type WatermarkChoice = Values<typeof watermarkFlags>;

/**
 * The watermark that the flags name, for a model; undefined if they name none.
 * @throws {FormatError | WatermarkError | UsageError} as the files and the payload are read
 */
export async function openWatermark(
  given: WatermarkChoice,
  model: CausalLM,
  tokenizer: Tokenizer,
): Promise<Watermark | undefined> {
  if (given.watermark === undefined) return undefined;
  const profile = await readProfileFile(given.watermark, model.config.vocabSize);
  const key = given.watermarkKey === undefined ? undefined : await readKeyRing(given.watermarkKey);
  const proxy = profile.scheme === "ctwl-balance" ? sameModelProxy(model, tokenizer) : undefined;
  const watermark = createWatermark(profile, key, { proxy });
  const { messageBits } = watermark;
  if (messageBits > 0 === (given.payload === undefined))
    throw new UsageError(
      messageBits > 0
        ? `--payload is needed: ${profile.scheme} carries ${messageBits} bits`
        : `--payload: ${profile.scheme} carries none`,
    );
  if (given.payload === undefined) return watermark;
  const payload = spelledCodec(messageBits, { key }).encode(given.payload);
  return createWatermark(profile, key, { proxy, payload });
}
