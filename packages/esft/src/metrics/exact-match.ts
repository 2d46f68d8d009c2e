import { textOf } from "../errors";

/** 1 when two texts are the same after trimming, Unicode normalisation (NFC) and joining runs of white space; else 0. */
export function exactMatch(prediction: string, reference: string): 0 | 1 {
  textOf("exactMatch", "prediction", prediction);
  textOf("exactMatch", "reference", reference);
  const clean = (text: string) => text.normalize("NFC").trim().replaceAll(/\s+/g, " ");
  return clean(prediction) === clean(reference) ? 1 : 0;
}
