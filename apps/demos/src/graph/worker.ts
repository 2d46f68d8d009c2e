import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { session } from "./session";

export const methods = { ...engineMethods, ...session };

serveMethods(globalThis as unknown as Port, methods);
