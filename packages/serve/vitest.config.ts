import { configWithIsolated } from "@deepgrain/vitest";

// They count memory, which garbage of other files in the process would change.
export default configWithIsolated(["test/score-experts.test.ts", "test/turns.test.ts"]);
