import { writeFile } from "node:fs/promises";
import { loadShippedModel } from "@deepgrain/icl-anchors";
import { saveModel } from "@deepgrain/lm";
import { recordedFile as place, provenanceOf, writeRecorded } from "../record/provenance";
import { modelNames } from "./names";
import type { ShippedFile } from "./open-models";
import type { RecordedAnchors } from "./recorded";
import { createSession } from "./session";

const RUN = { seed: 1, target: "labels" } as const;

/** Stores the package's two models as the page ships them, and records what it shows of them. */
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
  const { look } = createSession(async (name) => files.get(name)!);
  const { signal } = new AbortController();
  const found = {} as Pick<RecordedAnchors, "example" | "looks">;
  found.looks = {} as RecordedAnchors["looks"];
  for await (const event of look(RUN, signal))
    if (event.type === "example") found.example = event.example;
    else found.looks[event.name] = event.look;
  const recorded: RecordedAnchors = { ...provenanceOf("anchors"), ...RUN, ...found };
  await writeRecorded("anchors", recorded);
}
