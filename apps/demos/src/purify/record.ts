import { openAsBlob } from "node:fs";
import { writeSafetensors } from "@deepgrain/tensor-gpu";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { initialOf } from "../state/address-state";
import { INITIAL } from "./initial";
import type { RecordedPurify } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { fields, type State } from "./state";
import { story } from "./story";
import { trainVictim, type Victim } from "./victim";

async function trained(seed: number, signal: AbortSignal): Promise<Victim> {
  const events = trainVictim(seed, signal);
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
  }
}

/**
 * Trains and attacks the encoder that the page ships, and records what it shows of it at first and in its story.
 * @param keep "--keep" for the encoder that the page has
 */
export async function main(keep?: string): Promise<void> {
  const { signal } = new AbortController();
  if (keep !== "--keep") {
    const { init, finetuned } = await trained(INITIAL.seed, signal);
    await writeSafetensors(recordedFile("pretrained.safetensors"), init);
    await writeSafetensors(recordedFile("poisoned.safetensors"), finetuned);
  }
  const session = createSession((name) => openAsBlob(recordedFile(name)));
  const run = (state: State) => runState(session, state, signal);
  const { outcome, reading } = await run(initialOf(fields));
  const recorded: RecordedPurify = { ...provenanceOf("purify"), outcome, reading };
  await writeRecorded("purify", recorded);
  await recordStory("purify", story, fields, run);
}
