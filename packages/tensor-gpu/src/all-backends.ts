/** @file Makes the backends known by name that a bundle for browsers holds only where it imports their makers. */
import { provideBackend } from "./backends";
import { createBlasBackend } from "./blas";
import { createJsBackend } from "./js";

provideBackend("js", () => createJsBackend());
provideBackend("blas", () => createBlasBackend());
