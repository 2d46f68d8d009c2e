import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { BackendChoice, EngineInfo } from "./engine-methods";
import { canIsolate, isInstalled, removeServiceWorker, useAllCores } from "./isolation";
import { backend, chooseBackend, engine, offersWebGpu } from "./page-worker";

/** Facts about the page that are known once it runs. */
const here = signal({
  isIsolated: false,
  cores: 1,
  canIsolate: false,
  isInstalled: false,
  hasWebGpu: false,
});

const nameOf = (info: EngineInfo | null) => {
  const name = info?.name ?? backend.value;
  if (name === "gpu") return "GPU";
  if (name === "webgpu") return "WebGPU";
  return info?.name === "js" ? "JavaScript" : "WebAssembly";
};

const counted = (threads: number) => `${threads} ${threads === 1 ? "thread" : "threads"}`;

function reason(info: EngineInfo | null): string {
  if (info?.renderer) {
    const computes = info.name === "gpu" ? "gpu.js computes with" : "WebGPU computes on";
    return `${computes} ${info.renderer}. Small models are faster on WebAssembly.`;
  }
  const { isIsolated, cores } = here.value;
  if (isIsolated) return `Threads share memory here, so work is spread over up to ${cores} cores.`;
  return "Browsers let threads share memory only on pages that are served with isolation headers, and this one is not. One thread is enough for most of what is here.";
}

/** The button to more cores, or back. */
function Cores() {
  const { isIsolated, canIsolate: can, isInstalled: has } = here.value;
  if (has)
    return (
      <button type="button" onClick={removeServiceWorker}>
        Remove the service worker
      </button>
    );
  if (isIsolated || !can) return null;
  return (
    <>
      <button type="button" onClick={useAllCores}>
        Use all cores
      </button>
      <p class="hint">Installs this site’s own service worker and loads the page once more.</p>
    </>
  );
}

/** Switches work to a graphics processor, or back. */
function BackendSwitch({ choice, name }: { choice: BackendChoice; name: string }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={backend.value === choice}
        onChange={({ currentTarget }) => chooseBackend(currentTarget.checked ? choice : "wasm")}
      />{" "}
      {name}
    </label>
  );
}

/** The backend and its threads, why these, and what can be done about it. */
export function Chip() {
  useEffect(() => {
    const update = async () => {
      here.value = {
        isIsolated: crossOriginIsolated,
        cores: navigator.hardwareConcurrency,
        canIsolate: canIsolate(),
        isInstalled: await isInstalled(),
        hasWebGpu: "gpu" in navigator,
      };
    };
    void update();
  }, []);
  const { isIsolated, cores, hasWebGpu } = here.value;
  const threads = engine.value?.threads ?? (isIsolated ? cores : 1);
  const isWasm = backend.value === "wasm";
  return (
    <details class="chip">
      <summary>
        {nameOf(engine.value)}
        {isWasm && <span class="muted"> · {counted(threads)}</span>}
      </summary>
      <div class="chip-card">
        <p>{reason(engine.value)}</p>
        <Cores />
        {offersWebGpu.value && hasWebGpu && (
          <BackendSwitch choice="webgpu" name="Compute with WebGPU (experimental)" />
        )}
        <BackendSwitch choice="gpu" name="Compute with gpu.js (WebGL 2)" />
      </div>
    </details>
  );
}
