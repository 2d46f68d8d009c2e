import { config } from "@deepgrain/vitest";

/** Tests that take minutes: `npm run test:long`. It goes on where an interrupted run was. */
export default {
  ...config,
  test: {
    ...config.test,
    include: ["test/**/*.long.ts"],
    reporters: ["default"],
  },
};
