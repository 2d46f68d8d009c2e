import { writeFile } from "node:fs/promises";
import { loadModel, saveModel } from "@deepgrain/lm";
import { textSources } from "@deepgrain/studies/shared/texts/text-sources";
import { recordedFile as place, provenanceOf, writeRecorded } from "../record/provenance";
import { chooseExperts } from "./choose-experts";
import { createModel } from "./pair";
import { type Both, kinds } from "./pair-names";
import { type Probe, probe } from "./probe";
import type { RecordedMixture } from "./recorded";
import { splitText } from "./text";
import { STEPS, trainPair } from "./train-pair";
import { scoreTask, type Tuned, tuneTask, type Way } from "./tune";

const SEED = 1;
const P = 0.3;
const BYTES_OF_EACH = 100_000;

/** A novel's chapters and a library's source code, in equal parts: what the page learns from if no file is chosen. */
async function shippedText(signal: AbortSignal): Promise<string> {
  const novel = (await textSources.mobyDick(signal)).join("\n\n");
  const code = (await textSources.typescript(signal)).join("\n\n");
  const part = (text: string, from: string) => {
    const start = text.indexOf(from);
    return text.slice(start, start + BYTES_OF_EACH);
  };
  return `${part(novel, "Call me Ishmael")}\n\n${part(code, "/**")}`;
}

async function curveOf(
  models: Parameters<typeof trainPair>[0],
  text: ReturnType<typeof splitText>,
) {
  const curve: RecordedMixture["curve"] = [];
  const { signal } = new AbortController();
  for await (const event of trainPair(models, text, { seed: SEED, steps: STEPS }, signal))
    if (event.type === "eval-end") curve.push({ step: event.step, losses: event.losses });
  return curve;
}

/** Trains what the page ships, and records what it shows. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const source = await shippedText(signal);
  await writeFile(place("text.txt"), source);
  const text = splitText(new TextEncoder().encode(source));
  const models = { coarse: createModel("coarse", SEED), fine: createModel("fine", SEED) };
  const curve = await curveOf(models, text);
  const folders = {} as Both<Map<string, Blob>>;
  const probes = {} as Both<Probe>;
  for (const kind of kinds) {
    folders[kind] = new Map();
    await saveModel(folders[kind], models[kind], { dtype: "BF16" });
    const weights = await folders[kind].get("model.safetensors")!.arrayBuffer();
    await writeFile(place(`${kind}.safetensors`), new Uint8Array(weights));
    const stored = await loadModel(folders[kind]);
    probes[kind] = await probe(stored, text, { off: [], seed: SEED }, signal);
  }
  const fine = await loadModel(folders.fine);
  const scores = await scoreTask(fine, signal);
  const tuning = await recordTuning(folders.fine, text, scores);
  const run = { seed: SEED, steps: STEPS, curve, probes, scores, tuning };
  const recorded: RecordedMixture = { ...provenanceOf("mixture"), ...run };
  await writeRecorded("mixture", recorded);
}

async function recordTuning(
  files: Map<string, Blob>,
  text: ReturnType<typeof splitText>,
  scores: number[][],
): Promise<RecordedMixture["tuning"]> {
  const { signal } = new AbortController();
  const tuned = {} as Record<Way, Tuned>;
  let before = { accuracy: 0, loss: 0 };
  const run = { files, text, chosen: chooseExperts(scores, P), seed: SEED };
  for await (const event of tuneTask(run, signal)) {
    if (event.type === "before") before = event.standing;
    if (event.type === "tuned") tuned[event.way] = event.tuned;
  }
  return { p: P, before, tuned };
}
