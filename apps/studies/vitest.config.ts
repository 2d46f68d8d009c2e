import { config } from "@deepgrain/vitest";

/** Tests stand beside what they test, in the folder of each paper. */
export default { ...config, test: { ...config.test, include: ["*/test/**/*.test.ts"] } };
