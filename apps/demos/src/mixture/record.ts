import { openAsBlob } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { type CausalLM, loadModel, saveModel } from "@deepgrain/lm";
import { textSources } from "@deepgrain/studies/shared/texts/text-sources";
import { recordedFile as place, provenanceOf, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { chooseExperts } from "./choose-experts";
import { measureDrops } from "./measure-drops";
import { createModel } from "./pair";
import { type Both, kinds } from "./pair-names";
import { type Probe, probe } from "./probe";
import type { RecordedMixture } from "./recorded";
import { stateRunner } from "./run-state";
import { openShipped } from "./shipped";
import { fields } from "./state";
import { story } from "./story";
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

/** The losses of stored models without their busiest experts. */
async function recordDrops(
  models: Both<CausalLM>,
  text: ReturnType<typeof splitText>,
  probes: Both<Probe>,
): Promise<RecordedMixture["drops"]> {
  const { signal } = new AbortController();
  const drops = {} as RecordedMixture["drops"];
  for (const kind of kinds)
    drops[kind] = await measureDrops(
      models[kind],
      text,
      { kind, loads: probes[kind].loads },
      signal,
    );
  return drops;
}

/** Records anew what is measured of the models that lie there. */
async function recordKept(): Promise<void> {
  const recorded: RecordedMixture = JSON.parse(await readFile(place("mixture.json"), "utf8"));
  const { pair, text } = await openShipped((name) => openAsBlob(place(name)));
  const drops = await recordDrops(pair, text, recorded.probes);
  await writeRecorded("mixture", { ...recorded, drops });
  await recordOwnStory();
}

/** Records what the story comes to, with the models that lie there. */
function recordOwnStory(): Promise<void> {
  const run = stateRunner((name) => openAsBlob(place(name)), new AbortController().signal);
  return recordStory("mixture", story, fields, run);
}

/**
 * Trains what the page ships, and records what it shows.
 * @param flag "--keep": keeps the models that lie there, and measures them without their busiest experts, also for the story
 */
export async function main(flag?: string): Promise<void> {
  if (flag === "--keep") return recordKept();
  const { signal } = new AbortController();
  const source = await shippedText(signal);
  await writeFile(place("text.txt"), source);
  const text = splitText(new TextEncoder().encode(source));
  const models = { coarse: createModel("coarse", SEED), fine: createModel("fine", SEED) };
  const curve = await curveOf(models, text);
  const folders = {} as Both<Map<string, Blob>>;
  const probes = {} as Both<Probe>;
  const stored = {} as Both<CausalLM>;
  for (const kind of kinds) {
    folders[kind] = new Map();
    await saveModel(folders[kind], models[kind], { dtype: "BF16" });
    const weights = await folders[kind].get("model.safetensors")!.arrayBuffer();
    await writeFile(place(`${kind}.safetensors`), new Uint8Array(weights));
    stored[kind] = await loadModel(folders[kind]);
    probes[kind] = await probe(stored[kind], text, { off: [], seed: SEED }, signal);
  }
  const drops = await recordDrops(stored, text, probes);
  const scores = await scoreTask(stored.fine, signal);
  const tuning = await recordTuning(folders.fine, text, scores);
  const run = { seed: SEED, steps: STEPS, curve, probes, scores, drops, tuning };
  const recorded: RecordedMixture = { ...provenanceOf("mixture"), ...run };
  await writeRecorded("mixture", recorded);
  await recordOwnStory();
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
