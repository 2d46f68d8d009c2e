import { configWithIsolated } from "@deepgrain/vitest";

// They replace a module by another.
export default configWithIsolated(["test/files/{save-folder,stage-file}.test.ts"]);
