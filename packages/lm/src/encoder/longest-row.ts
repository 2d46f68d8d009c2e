import { having } from "../errors";
import type { EncoderConfig } from "./encoder-config";
import { encoderFamily } from "./families";

/** The longest row of tokens that an encoder takes. */
export function longestRow(config: EncoderConfig): number {
  having("longestRow", "config", config, "modelType", "maxPositionEmbeddings");
  const { maxPositionEmbeddings, padTokenId } = config;
  const isPadded = encoderFamily(config).positions === "padded";
  return isPadded ? maxPositionEmbeddings - padTokenId - 1 : maxPositionEmbeddings;
}
