import { openAsBlob } from "node:fs";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { initialOf } from "../state/address-state";
import type { RecordedModel } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { shippedSource } from "./source";
import { fields, type State } from "./state";
import { story } from "./story";

/** Records what the page shows at first, a text by the shipped model, and what its story comes to. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const read = (name: string) => openAsBlob(recordedFile(name));
  const run = (state: State) => runState(createSession(read), state, signal);
  let bytes: number | undefined;
  for await (const event of createSession(read).open({ source: shippedSource("stories") }, signal))
    if (event.type === "opened") bytes = event.description.bytes;
  const { description, ...wrote } = await run(initialOf(fields));
  const recorded: RecordedModel = {
    ...provenanceOf("model"),
    ...wrote,
    description: { ...description, bytes },
  };
  await writeRecorded("model", recorded);
  await recordStory("model", story, fields, run);
}
