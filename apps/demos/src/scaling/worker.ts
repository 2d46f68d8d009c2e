import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { createSession } from "./session";

const address = new URL("../../recorded/scaling.csv", import.meta.url);

async function readShipped(): Promise<Blob> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the runs could not be read (${answer.status})`);
  return answer.blob();
}

export const methods = createSession(readShipped);

serveMethods(globalThis as unknown as Port, methods);
