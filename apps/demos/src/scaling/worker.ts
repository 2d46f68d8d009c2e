import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { readFrom } from "../shell/read-from";
import { createSession } from "./session";

const read = readFrom({
  "scaling.csv": new URL("../../recorded/scaling.csv", import.meta.url),
});

export const methods = createSession(() => read("scaling.csv"));

serveMethods(globalThis as unknown as Port, methods);
