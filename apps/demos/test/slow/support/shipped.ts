import { openAsBlob } from "node:fs";
import { fileURLToPath } from "node:url";
import { createSession } from "../../../src/mixture/session";
import { createSession as createWatermarkSession } from "../../../src/watermark/session";

/** A shipped file by its name. */
export const readShipped = (name: string): Promise<Blob> =>
  openAsBlob(fileURLToPath(new URL(`../../../recorded/${name}`, import.meta.url)));

/** The work of the mixture's page, in Node. */
export const sessionInNode = () => createSession(readShipped);

/** The work of the watermark's page, in Node. */
export const watermarkInNode = () => createWatermarkSession(readShipped);

/** The signal of work that nobody stops. */
export const { signal } = new AbortController();

/** All events of some work. */
export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
