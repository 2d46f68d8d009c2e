import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { readFrom } from "../shell/read-from";
import { createSession } from "./session";

const read = readFrom({
  "anchors-model.safetensors": new URL("../../recorded/anchors-model.safetensors", import.meta.url),
  "control-model.safetensors": new URL("../../recorded/control-model.safetensors", import.meta.url),
});

export const methods = { ...engineMethods, ...createSession(read) };

serveMethods(globalThis as unknown as Port, methods);
