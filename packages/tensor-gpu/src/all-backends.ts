/** @file What a bundle for browsers holds only where it is needed, and other runtimes from the start. */
import { provideBackend } from "./backends";
import { createBlasBackend } from "./blas";
import { createJsBackend } from "./js";
import { createThreadPool } from "./wasm/thread-pool";
import { provideThreads } from "./wasm/threads";

provideThreads(createThreadPool);
provideBackend("js", () => createJsBackend());
provideBackend("blas", () => createBlasBackend());
