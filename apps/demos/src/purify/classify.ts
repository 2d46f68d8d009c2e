import { setWeights } from "@deepgrain/fine-purify/encoders";
import { type NamedTensors, noGrad, softmax, tidy } from "@deepgrain/tensor-gpu";
import type { Case } from "./clean";
import { readText, triggered } from "./text";

/** Probabilities of the classes, from both encoders. */
export interface Answers {
  suspect: number[];
  purified: number[];
}

/** A text, classified without the trigger and with it. */
export interface Reading {
  text: string;
  without: Answers;
  with: Answers;
}

/** Classifies a text by the suspect encoder and by the purified one. */
export async function classify(
  { defender, word }: Case,
  purified: NamedTensors,
  text: string,
): Promise<Reading> {
  const { classifier, finetuned } = defender;
  const { model } = classifier;
  const read = readText(text, word);
  const rows = [read.ids, triggered(read, word)].map((words) => ({ words, label: 0 }));
  const answers = async (weights: NamedTensors): Promise<[number[], number[]]> => {
    setWeights(model, weights);
    model.eval();
    const shares = tidy(() => noGrad(() => softmax(model.forward(classifier.batch(rows)))));
    const all = [...(await shares.data())] as number[];
    shares.dispose();
    return [all.slice(0, all.length / 2), all.slice(all.length / 2)];
  };
  const before = await answers(finetuned);
  const after = await answers(purified);
  return {
    text,
    without: { suspect: before[0], purified: after[0] },
    with: { suspect: before[1], purified: after[1] },
  };
}
