import { configWithIsolated } from "@deepgrain/vitest";

export default configWithIsolated(["test/turns.test.ts"]); // counts memory
