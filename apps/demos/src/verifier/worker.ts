import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { createSession } from "./session";

export const methods = createSession();

serveMethods(globalThis as unknown as Port, methods);
