/**
 * @file Test processes share the processors: the WebAssembly backend starts one thread in each, unless a test asks it for
 * more. The engine takes as many as Node says may run in parallel, and asks when its backend is made.
 */
import os from "node:os";

os.availableParallelism = () => 1;
