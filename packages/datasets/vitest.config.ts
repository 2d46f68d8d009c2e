import { configWithIsolated } from "@deepgrain/vitest";

// It replaces packages by missing ones.
export default configWithIsolated(["test/missing-package.test.ts"]);
