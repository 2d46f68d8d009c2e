import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { createSession } from "./session";

const addresses = {
  "coarse.safetensors": new URL("../../recorded/coarse.safetensors", import.meta.url),
  "fine.safetensors": new URL("../../recorded/fine.safetensors", import.meta.url),
  "text.txt": new URL("../../recorded/text.txt", import.meta.url),
};

async function read(name: keyof typeof addresses): Promise<Blob> {
  const answer = await fetch(addresses[name]);
  if (!answer.ok) throw new Error(`${name} could not be read (${answer.status})`);
  return answer.blob();
}

export const methods = { ...engineMethods, ...createSession(read) };

serveMethods(globalThis as unknown as Port, methods);
