/** @file The thread in which programs run: the package's own. */
import "@deepgrain/coder/sandbox/worker";
