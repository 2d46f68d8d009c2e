import { configWithIsolated } from "@deepgrain/vitest";

/** They put a worker of their own into the sandbox, or replace the engine. */
const isolated = ["test/coder/*.test.ts", "test/cli/lazy-help.test.ts"];

export default configWithIsolated(isolated);
