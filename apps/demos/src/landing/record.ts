import { provenanceOf, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { initialOf } from "../state/address-state";
import { learnSentence } from "./learn-sentence";
import type { RecordedSentence } from "./recorded";
import { resultOf } from "./run-state";
import { fields, orderOf, type State } from "./state";
import { story } from "./story";

/** Records what the first sentence leads to, and what the page's story comes to. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const run = (state: State) => resultOf(state, learnSentence(orderOf(state), signal));
  const written = await run(initialOf(fields));
  const recorded: RecordedSentence = { ...provenanceOf("landing"), written };
  await writeRecorded("landing", recorded);
  await recordStory("landing", story, fields, run);
}
