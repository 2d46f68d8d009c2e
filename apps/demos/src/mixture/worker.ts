import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { readFrom } from "../shell/read-from";
import { createSession } from "./session";

const read = readFrom({
  "coarse.safetensors": new URL("../../recorded/coarse.safetensors", import.meta.url),
  "fine.safetensors": new URL("../../recorded/fine.safetensors", import.meta.url),
  "text.txt": new URL("../../recorded/text.txt", import.meta.url),
});

export const methods = { ...engineMethods, ...createSession(read) };

serveMethods(globalThis as unknown as Port, methods);
