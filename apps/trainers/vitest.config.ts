import { configWithIsolated } from "@deepgrain/vitest";

/** They put a worker of their own into the sandbox. */
const isolated = ["test/coder/*.test.ts"];

export default configWithIsolated(isolated);
