import { configWithIsolated } from "@deepgrain/vitest";

// It counts memory, which garbage of other files in the process would change.
export default configWithIsolated(["test/features/memory.test.ts"]);
