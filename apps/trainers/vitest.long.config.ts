import { config } from "@deepgrain/vitest";

/** Tests that take minutes to hours, go on where they were stopped, and are run by hand: `npm run test:long`. */
export default {
  ...config,
  test: {
    ...config.test,
    include: ["test/long/**/*.ts"],
    reporters: ["default"],
    testTimeout: 0,
    maxWorkers: 1,
  },
};
