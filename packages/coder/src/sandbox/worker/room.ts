import type { QuickJSContext } from "quickjs-emscripten-core";
import type { Verdict } from "../../tasks/task";
import { type Job, STEP } from "../job";
import type { Engine } from "./engine";

/** Bytes by which memory grows in the time of one instruction: 15 to 40 were measured. */
const BYTES_PER_INSTRUCTION = 32;

/** How much of the instructions is used between two reports. */
const TELL = 0.01;

/** Ends a job with its verdict. */
export class Ended {
  constructor(
    readonly verdict: Verdict,
    readonly message: string,
  ) {}
}

/** One program in one realm. */
export interface Room {
  readonly job: Job;
  readonly context: QuickJSContext;
  /** The limit that is exceeded; undefined if none is. */
  exceeded(): Ended | undefined;
  /** From here on memory is the program's. Where it is refused, the engine is left at once with {@link Ended}. */
  begin(): void;
  print(text: string): void;
  output(): string;
}

/** A realm that counts what is used in it. @param tell hears what share of the instructions is used */
export function openRoom(
  { quickjs, watchMemory }: Engine,
  job: Job,
  tell: (share: number) => void,
): Room {
  const { limits } = job;
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(limits.stackBytes);
  let instructions = 0;
  let told = 0; // share of the instructions
  let output = "";
  let end: Ended | undefined;
  const count = (more: number) => {
    instructions += more;
    const share = Math.min(1, instructions / limits.instructions);
    if (share >= told + TELL) {
      told = share;
      tell(share);
    }
    if (instructions > limits.instructions)
      end ??= new Ended("budget", `it took more than ${limits.instructions} instructions`);
  };
  runtime.setInterruptHandler(() => {
    count(STEP);
    return end !== undefined;
  });
  const context = runtime.newContext();
  return {
    job,
    context,
    exceeded: () => end,
    begin: () =>
      watchMemory({
        grows: (bytes) => count(bytes / BYTES_PER_INSTRUCTION),
        refuses() {
          end ??= new Ended("memory", `it needs more than ${limits.memoryBytes} bytes`);
          throw end;
        },
      }),
    print(text) {
      if (output.length + text.length > limits.outputLength)
        end ??= new Ended("output", `it printed more than ${limits.outputLength} characters`);
      output += text.slice(0, Math.max(0, limits.outputLength - output.length));
    },
    output: () => output,
  };
}
