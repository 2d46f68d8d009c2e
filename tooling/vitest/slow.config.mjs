// Tests of servers, killed processes and trainings, a process for each file: `npm run test:slow`.
import { base, slowTests } from "./config.mjs";

/** @type {import("vitest/config").ViteUserConfig} */
export default {
  ...base,
  test: { ...base.test, include: slowTests, outputFile: { json: ".vitest/slow.json" } },
};
