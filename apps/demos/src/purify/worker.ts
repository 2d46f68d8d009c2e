import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { readFrom } from "../shell/read-from";
import { createSession } from "./session";

const read = readFrom({
  "pretrained.safetensors": new URL("../../recorded/pretrained.safetensors", import.meta.url),
  "poisoned.safetensors": new URL("../../recorded/poisoned.safetensors", import.meta.url),
});

export const methods = { ...engineMethods, ...createSession(read) };

serveMethods(globalThis as unknown as Port, methods);
