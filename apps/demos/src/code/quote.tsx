import type { Quote } from "../share/quote";
import { policyNames } from "./names";
import { ProgramsPicture } from "./programs-picture";
import { address, shown } from "./state";

/** The programs as they are quoted. */
export const quote: Quote = {
  pictures: () => [
    {
      picture: <ProgramsPicture programs={shown.programs.value!} />,
      caption: "Different programs, the most frequent first; blue ones pass their tests",
    },
  ],
  settings() {
    const { policy, task, n, seed } = address.state.value;
    return `${policyNames[policy]}, task ${task}, ${n} programs, seed ${seed}`;
  },
  outcome() {
    const { passed, n } = shown.programs.value!;
    return `${passed} of ${n} programs pass all tests.`;
  },
};
