import { configWithIsolated } from "@deepgrain/vitest";

/** They put a worker of their own into the sandbox, or replace modules. */
const isolated = ["test/coder/*.test.ts", "test/cli/{lazy-help,threads}.test.ts"];

export default configWithIsolated(isolated);
