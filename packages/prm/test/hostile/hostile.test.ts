import { describeHostile } from "@deepgrain/vitest/hostile";
import { cases } from "./cases";

describeHostile(cases, new URL("./cases.ts", import.meta.url));
