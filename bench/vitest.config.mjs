import { config } from "@deepgrain/vitest";

export default config;
