import { readFileSync } from "node:fs";
import { shared } from "@deepgrain/vitest/shared";
import { type RowEvent, readRows } from "../../src/formats/read-rows";

/** All events of reading a text. */
export async function rowsOf<T>(text: string, parse: (json: unknown) => T) {
  const events: RowEvent<T>[] = [];
  for await (const event of readRows([text], parse)) events.push(event);
  return events;
}

/** Lines of a shared file. */
export const linesOf = (path: string) => readFileSync(shared(path), "utf8").trim().split("\n");
