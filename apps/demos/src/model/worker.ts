import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { readFrom } from "../shell/read-from";
import { createSession } from "./session";

const read = readFrom({
  "stories.safetensors": new URL("../../recorded/stories.safetensors", import.meta.url),
  "stories-tokenizer.json": new URL("../../recorded/stories-tokenizer.json", import.meta.url),
  "fine.safetensors": new URL("../../recorded/fine.safetensors", import.meta.url),
});

export const methods = { ...engineMethods, ...createSession(read) };

serveMethods(globalThis as unknown as Port, methods);
