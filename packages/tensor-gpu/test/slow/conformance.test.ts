import { createWasmBackend } from "../../src/wasm";
import { describeBackend } from "../conformance/suite/describe-backend";

describeBackend("wasm, two threads", () => createWasmBackend({ threads: 2 }));
describeBackend("wasm, one thread", () => createWasmBackend({ threads: 1 }));
describeBackend("wasm, one thread, shared memory", () =>
  createWasmBackend({ threads: 1, shared: true }),
);
describeBackend("wasm, one thread, plain build", () =>
  createWasmBackend({ threads: 1, relaxed: false }),
);
describeBackend("wasm, one thread, shared memory, plain build", () =>
  createWasmBackend({ threads: 1, shared: true, relaxed: false }),
);
describeBackend("wasm, two threads, plain build", () =>
  createWasmBackend({ threads: 2, relaxed: false }),
);
describeBackend("wasm, three threads", () => createWasmBackend({ threads: 3 }));
/** More than the processors of most test machines: helpers that sleep, and chunks that the caller takes in their stead. */
describeBackend("wasm, eight threads", () => createWasmBackend({ threads: 8 }));
