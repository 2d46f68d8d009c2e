import type { EncoderFamily, EncoderType } from "../family";
import { bert, roberta, xlmRoberta } from "./bert";
import { distilbert } from "./distilbert";
import { modernbert } from "./modernbert";

/** The families of encoders. A new one is a file and a line here. */
export const encoderFamilies = {
  bert,
  roberta,
  "xlm-roberta": xlmRoberta,
  distilbert,
  modernbert,
} satisfies Readonly<Record<EncoderType, unknown>>;

/** The family of a configuration. */
export const encoderFamily = ({ modelType }: { modelType: EncoderType }): EncoderFamily =>
  encoderFamilies[modelType] as EncoderFamily;
