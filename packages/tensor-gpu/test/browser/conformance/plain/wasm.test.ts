import { createWasmBackend } from "../../../../src/wasm";
import { describeBackend } from "../../../conformance/suite/describe-backend";

describeBackend("wasm in Chromium, memory not shared", () => createWasmBackend());
describeBackend("wasm in Chromium, memory not shared, plain build", () =>
  createWasmBackend({ relaxed: false }),
);
