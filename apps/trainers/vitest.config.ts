import { configWithIsolated } from "@deepgrain/vitest";

export default configWithIsolated(["test/cli/lazy-help.test.ts"]);
