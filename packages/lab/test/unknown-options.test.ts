import * as api from "@deepgrain/lab";
import { expect, it } from "vitest";

it("says which option was probably meant", async () => {
  const options = { folder: "none", seed: [1] };
  await expect(api.runStudy({} as never, options as never).next()).rejects.toThrow(
    'lab/runStudy: unknown option "seed"; did you mean "seeds"?',
  );
});
