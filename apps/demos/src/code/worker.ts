import { createSandbox } from "@deepgrain/coder/sandbox";
import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { readFrom } from "../shell/read-from";
import { LIMITS } from "./limits";
import thread from "./sandbox?worker&url";
import { createSession } from "./session";

const read = readFrom({
  "policy-before.gguf": new URL("../../recorded/policy-before.gguf", import.meta.url),
  "policy-after.gguf": new URL("../../recorded/policy-after.gguf", import.meta.url),
  "infill.gguf": new URL("../../recorded/infill.gguf", import.meta.url),
  "infill-tokenizer.json": new URL("../../recorded/infill-tokenizer.json", import.meta.url),
});

const sandbox = createSandbox({ worker: new URL(thread, import.meta.url), limits: LIMITS });

export const methods = { ...engineMethods, ...createSession(read, sandbox) };

serveMethods(globalThis as unknown as Port, methods);
