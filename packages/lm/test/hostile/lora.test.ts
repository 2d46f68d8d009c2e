import { describeHostile } from "@deepgrain/vitest/hostile";
import { cases } from "./lora-cases";

describeHostile(cases, new URL("./lora-cases.ts", import.meta.url));
