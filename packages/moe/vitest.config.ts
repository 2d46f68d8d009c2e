import { configWithIsolated } from "@deepgrain/vitest";

// They count memory, which garbage of other files in the process would change.
export default configWithIsolated(["test/{balanced-bias,counts,load-monitor,moe-layer}.test.ts"]);
