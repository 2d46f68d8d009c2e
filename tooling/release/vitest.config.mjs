export { config as default } from "@deepgrain/vitest";
