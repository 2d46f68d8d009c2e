import { config } from "@deepgrain/vitest";
import { mergeConfig } from "vitest/config";

// Plot and linkedom take longer to load than most of these tests to run: files share them.
export default mergeConfig(config, { test: { isolate: false } });
