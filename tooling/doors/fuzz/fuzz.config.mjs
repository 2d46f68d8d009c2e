// A run of the fuzzer, in Vitest because it reads packages from their sources. `npm run fuzz` starts it.
import { base } from "@deepgrain/vitest";

export default {
  ...base,
  test: {
    ...base.test,
    include: ["fuzz/fuzz.run.ts"],
    reporters: ["dot"],
    disableConsoleIntercept: true,
    testTimeout: 2 ** 31 - 1,
  },
};
