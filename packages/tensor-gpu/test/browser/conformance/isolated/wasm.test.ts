import { createWasmBackend } from "../../../../src/wasm";
import { describeBackend } from "../../../conformance/suite/describe-backend";

describeBackend("wasm in Chromium, two threads", () => createWasmBackend({ threads: 2 }));
describeBackend("wasm in Chromium, two threads, plain build", () =>
  createWasmBackend({ threads: 2, relaxed: false }),
);
describeBackend("wasm in Chromium, one thread, shared memory", () =>
  createWasmBackend({ threads: 1, shared: true }),
);
