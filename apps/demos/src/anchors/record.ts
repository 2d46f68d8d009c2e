import { writeFile } from "node:fs/promises";
import { loadShippedModel } from "@deepgrain/icl-anchors";
import { saveModel } from "@deepgrain/lm";
import { recordedFile as place, provenanceOf, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { initialOf } from "../state/address-state";
import { modelNames } from "./names";
import type { ShippedFile } from "./open-models";
import type { RecordedAnchors } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { fields, type State } from "./state";
import { story } from "./story";

/** Stores the package's two models as the page ships them, and records what it shows of them at first and in its story. */
export async function main(): Promise<void> {
  const files = new Map<ShippedFile, Blob>();
  for (const name of modelNames) {
    const folder = new Map<string, Blob>();
    await saveModel(folder, await loadShippedModel(name), { dtype: "BF16" });
    const weights = folder.get("model.safetensors")!;
    files.set(`${name}-model.safetensors`, weights);
    await writeFile(
      place(`${name}-model.safetensors`),
      new Uint8Array(await weights.arrayBuffer()),
    );
  }
  const session = createSession(async (name) => files.get(name)!);
  const { signal } = new AbortController();
  const run = (state: State) => runState(session, state, signal);
  const recorded: RecordedAnchors = {
    ...provenanceOf("anchors"),
    ...(await run(initialOf(fields))),
  };
  await writeRecorded("anchors", recorded);
  await recordStory("anchors", story, fields, run);
}
