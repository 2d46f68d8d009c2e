import { openAsBlob } from "node:fs";
import { writeSafetensors } from "@deepgrain/tensor-gpu";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { INITIAL } from "./initial";
import type { RecordedPurify } from "./recorded";
import { createSession } from "./session";
import { trainVictim, type Victim } from "./victim";

async function trained(seed: number, signal: AbortSignal): Promise<Victim> {
  const events = trainVictim(seed, signal);
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
  }
}

/** Trains and attacks the encoder that the page ships, and records what it shows of it at first. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const { init, finetuned } = await trained(INITIAL.seed, signal);
  await writeSafetensors(recordedFile("pretrained.safetensors"), init);
  await writeSafetensors(recordedFile("poisoned.safetensors"), finetuned);
  const { look } = createSession((name) => openAsBlob(recordedFile(name)));
  const found = {} as Pick<RecordedPurify, "outcome" | "reading">;
  for await (const event of look(INITIAL, signal)) {
    if (event.type === "outcome") found.outcome = event.outcome;
    if (event.type === "reading") found.reading = event.reading;
  }
  const recorded: RecordedPurify = { ...provenanceOf("purify"), ...found };
  await writeRecorded("purify", recorded);
}
