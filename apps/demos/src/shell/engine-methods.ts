import { getBackend, setBackend, useGPU, useWebGpu } from "@deepgrain/tensor-gpu";

/** Where work can run. */
export type BackendChoice = "wasm" | "webgpu" | "gpu";

/** The engine of a worker. */
export interface EngineInfo {
  name: string;
  threads: number;
  /** Of a graphics processor: how it is reached, and what it says it is. */
  renderer?: string | undefined;
}

/** Methods that every worker has. */
export const engineMethods = {
  /** Chooses the backend; called before all else. @throws {TensorError} `ERR_BACKEND` where there is none */
  async *engine({ backend }: { backend: BackendChoice }): AsyncGenerator<EngineInfo, void> {
    if (backend === "gpu") {
      const { name, threads, mode, renderer } = await useGPU({
        mode: "webgl2",
        allowSoftware: true,
      });
      yield { name, threads, renderer: `${mode}, ${renderer}` };
      return;
    }
    if (backend === "webgpu") {
      const { name, threads, adapter } = await useWebGpu({ allowSoftware: true });
      yield { name, threads, renderer: adapter };
      return;
    }
    setBackend("wasm");
    const { name, threads } = getBackend();
    yield { name, threads };
  },
};
