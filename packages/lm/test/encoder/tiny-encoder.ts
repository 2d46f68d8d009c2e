import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { parseEncoderConfig } from "../../src";

/** A BERT classifier small enough to train in milliseconds. */
export const tinyEncoder = (changes: object = {}) =>
  parseEncoderConfig(tinyConfig("bert", changes));

export const maskedLm = { architectures: ["BertForMaskedLM"] };
export const roberta = { model_type: "roberta" };
export const robertaMaskedLm = { ...roberta, architectures: ["RobertaForMaskedLM"] };
