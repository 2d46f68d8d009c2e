import type { Port } from "../bridge/messages";
import { serveMethods } from "../bridge/serve-methods";
import { engineMethods } from "../shell/engine-methods";
import { learnSentence } from "./learn-sentence";

export const methods = { ...engineMethods, learn: learnSentence };

serveMethods(globalThis as unknown as Port, methods);
