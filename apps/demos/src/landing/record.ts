import { provenanceOf, writeRecorded } from "../record/provenance";
import { type Letter, learnSentence } from "./learn-sentence";
import { SENTENCE } from "./limits";
import type { RecordedSentence } from "./recorded";

/** Records what the first sentence leads to. */
export async function main(): Promise<void> {
  const run = { sentence: SENTENCE, seed: 1 };
  let loss = 0;
  const letters: Letter[] = [];
  for await (const event of learnSentence(run, new AbortController().signal)) {
    if (event.type === "step-end") loss = event.loss;
    if (event.type === "letter") letters.push(event.letter);
  }
  const recorded: RecordedSentence = { ...provenanceOf("landing"), ...run, loss, letters };
  await writeRecorded("landing", recorded);
}
