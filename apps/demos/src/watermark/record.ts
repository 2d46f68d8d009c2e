import { openAsBlob } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createRandom,
  createTokenizer,
  generate,
  llama2cTokenizerJson,
  loadLlama2c,
  multinomial,
  saveModel,
} from "@deepgrain/lm";
import { recordedFile as place, provenanceOf, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { openLibrary, type ShippedFile } from "./library";
import { measureFrontier } from "./measure-frontier";
import { type Both, schemes } from "./names";
import { openModel } from "./open-model";
import { type Reading, readText } from "./read-text";
import type { RecordedWatermark } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { fields } from "./state";
import { story } from "./story";
import { writeStory } from "./write-story";

const RUN = { seed: 1, payload: "Hi", strength: 3 };
/** Stories whose words the balanced scheme's small model counts, and tokens of each. */
const [STORIES, LENGTH] = [60, 500];
/** Starts a text; it and the token after it, which ends one, are no text. */
const BOS = 1;

/** The pieces of a tokenizer's file of llama2.c. */
async function readPieces(path: string) {
  const file = await readFile(path);
  const pieces: { score: number; bytes: Uint8Array }[] = [];
  for (let at = 4; at < file.length; ) {
    const length = file.readInt32LE(at + 4);
    pieces.push({ score: file.readFloatLE(at), bytes: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return { maxLength: file.readInt32LE(0), pieces };
}

/** Stories as the model writes them, unmarked. */
async function writeCorpus(weights: Blob, tokenizerJson: object): Promise<string> {
  const model = (await openModel(weights)).eval();
  const config = { bos_token: "<s>", eos_token: "</s>" };
  const tokenizer = await createTokenizer({ tokenizer: tokenizerJson as never, config });
  const { next } = createRandom(RUN.seed);
  const sampler = (logits: Float32Array) => multinomial(logits, next);
  const stories: string[] = [];
  for (let i = 0; i < STORIES; i++) {
    const ids: number[] = [];
    for await (const { ids: made } of generate(model, [[BOS]], { maxNewTokens: LENGTH, sampler }))
      if (made[0]! > BOS + 1) ids.push(made[0]!);
    stories.push(tokenizer.decode(ids).replaceAll(/\n+/g, "\n").trim());
  }
  model.dispose();
  return `${stories.join("\n\n")}\n`;
}

/** Records what comes of the model that lies there: both schemes at five strengths, and the story. */
async function recordKept(): Promise<void> {
  const recorded: RecordedWatermark = JSON.parse(await readFile(place("watermark.json"), "utf8"));
  const { signal } = new AbortController();
  const session = createSession((name) => openAsBlob(place(name)));
  const frontier = await measureFrontier(session, RUN.payload, signal);
  await writeRecorded("watermark", { ...recorded, frontier });
  await recordStory("watermark", story, fields, (state) =>
    runState(session, frontier, state, signal),
  );
}

/**
 * Makes what the page ships from stories260K, and records what the page shows.
 * @param folder with stories260K.bin and tok512.bin of llama2.c; "--keep" for the model that the page has
 */
export async function main(folder: string): Promise<void> {
  if (folder === "--keep") return recordKept();
  const saved = new Map<string, Blob>();
  const original = await loadLlama2c(join(folder, "stories260K.bin"));
  await saveModel(saved, original, { dtype: "BF16" });
  const weights = saved.get("model.safetensors")!;
  const tokenizer = llama2cTokenizerJson(await readPieces(join(folder, "tok512.bin")));
  const files: Record<ShippedFile, Blob> = {
    "stories.safetensors": weights,
    "stories-tokenizer.json": new Blob([`${JSON.stringify(tokenizer)}\n`]),
    "stories.txt": new Blob([await writeCorpus(weights, tokenizer)]),
  };
  for (const [name, file] of Object.entries(files))
    await writeFile(place(name), new Uint8Array(await file.arrayBuffer()));
  const library = await openLibrary(await openModel(weights), async (name) => files[name]);
  const { signal } = new AbortController();
  const readings = {} as Both<Reading>;
  for (const scheme of schemes) {
    let text = "";
    for await (text of writeStory(library, { scheme, ...RUN }, signal));
    const attack = { attack: "delete", rate: 0, key: "own" } as const;
    readings[scheme] = (await readText(library, { scheme, text, ...RUN, ...attack }, signal))!;
  }
  const { command, commit } = provenanceOf("watermark");
  const recorded: Omit<RecordedWatermark, "frontier"> = {
    command: `${command} stories260K`,
    commit,
    ...RUN,
    readings,
  };
  await writeRecorded("watermark", recorded);
  await recordKept();
}
