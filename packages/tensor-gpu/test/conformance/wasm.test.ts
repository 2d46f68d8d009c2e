import { createWasmBackend } from "../../src/wasm";
import { describeBackend } from "./suite/describe-backend";

// The other builds and memories are tried in test/slow.
describeBackend("wasm, two threads", () => createWasmBackend({ threads: 2 }));
