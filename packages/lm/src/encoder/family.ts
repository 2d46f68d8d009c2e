/** @file What a family of encoders is described by. */
import type { encoderTypes } from "../config/encoder-types";
import type { OwnKeys } from "../config/family";
import type { EncoderConfig } from "./encoder-config";
import type { EncoderFieldsOf } from "./encoder-fields";

/** The `model_type` values of encoders. */
export type EncoderType = (typeof encoderTypes)[number];

/** A family of encoders. */
export interface EncoderFamily<Config extends EncoderConfig = EncoderConfig> {
  /** The names of its classes begin with it. */
  className: string;
  /** The body's property of the model, and the prefix of its weights in files. */
  body: "bert" | "roberta" | "distilbert" | "model";
  /** Positions counted from 0, or from behind the padding token's id, or angles. */
  positions: "counted" | "padded" | "rotary";
  /** Separators between the texts of a pair. */
  separators: 1 | 2;
  /** Whether BERT's pooler stands before its classifier. */
  hasPooler: boolean;
  /** Names of weights in files where they differ from BERT's and RoBERTa's, in this order. */
  names: readonly (readonly [pattern: RegExp, name: string])[];
  fields: EncoderFieldsOf<Config>;
  /** Keys of its class that no field reads. */
  keys: OwnKeys;
}

/** Keys of BERT's class, and of those made from it. */
export const bertKeys: OwnKeys = {
  fixed: { position_embedding_type: "absolute", is_decoder: false },
};
