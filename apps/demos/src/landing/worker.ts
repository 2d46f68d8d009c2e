import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { createSession } from "./learn-sentence";

const { run } = createSession();

export const methods = { ...engineMethods, run };

serveMethods(globalThis as unknown as Port, methods);
