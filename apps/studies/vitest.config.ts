import { config } from "@deepgrain/vitest";

/** A paper's tests stand in its folder. */
export default {
  ...config,
  test: {
    ...config.test,
    include: ["*/test/**/*.test.ts"],
    exclude: [...(config.test?.exclude ?? []), "*/test/slow/**"],
  },
};
