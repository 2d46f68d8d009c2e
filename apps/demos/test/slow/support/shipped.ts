import { openAsBlob } from "node:fs";
import { fileURLToPath } from "node:url";
import { createSandbox } from "@deepgrain/coder/sandbox";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { createSession as createAnchorsSession } from "../../../src/anchors/session";
import { LIMITS } from "../../../src/code/limits";
import { createSession } from "../../../src/mixture/session";
import { createSession as createModelSession } from "../../../src/model/session";
import { createSession as createPurifySession, readVictim } from "../../../src/purify/session";
import { createSession as createWatermarkSession } from "../../../src/watermark/session";

/** A shipped file by its name. */
export const readShipped = (name: string): Promise<Blob> =>
  openAsBlob(fileURLToPath(new URL(`../../../recorded/${name}`, import.meta.url)));

/** The work of the mixture's page, in Node. */
export const sessionInNode = () => createSession(readShipped);

/** The work of the anchors' page, in Node. */
export const anchorsInNode = () => createAnchorsSession(readShipped);

/** The work of the watermark's page, in Node. */
export const watermarkInNode = () => createWatermarkSession(readShipped);

/** The work of the page of one's own model, in Node. */
export const modelInNode = () => createModelSession(readShipped);

/** The work of the purify page, in Node. */
export const purifyInNode = () => createPurifySession(readShipped);

/** The encoders that the purify page ships. */
export const shippedVictim = () => readVictim(readShipped);

/** The sandbox of the code page, in Node. */
export const sandboxInNode = async () =>
  createSandbox({ worker: await buildWorker(), limits: LIMITS });

/** The signal of work that nobody stops. */
export const { signal } = new AbortController();

/** All events of some work. */
export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
