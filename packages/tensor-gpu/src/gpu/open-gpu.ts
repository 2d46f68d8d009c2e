import { TensorError } from "../errors";
import type { Gl, GpuInstance, GpuJs } from "./gpu-js";
import { addFunctions } from "./native-functions";
import { isSoftwareRenderer, rendererName } from "./renderer";

/** The graphics interface: WebGL 2, WebGL 1 of the npm package `gl` under Node, or WebGPU. */
export type GpuMode = "webgl2" | "headlessgl" | "webgpu";

/** gpu.js on one graphics context. */
export interface OpenGpu {
  readonly mode: GpuMode;
  readonly renderer: string;
  readonly gpu: GpuInstance;
  /** Undefined for WebGPU. */
  readonly gl: Gl | undefined;
  readonly input: GpuJs["input"];
}

interface Canvas {
  getContext(kind: string, settings: Record<string, unknown>): Gl | null;
}

/** The drawing surface of the environment: windows have documents, workers have offscreen canvases. */
interface Surroundings {
  document?: { createElement(name: "canvas"): Canvas };
  OffscreenCanvas?: (new (width: number, height: number) => Canvas) | undefined;
  navigator?: { gpu?: { requestAdapter(): Promise<{ info?: AdapterInfo | undefined } | null> } };
}

interface AdapterInfo {
  readonly vendor?: string | undefined;
  readonly architecture?: string | undefined;
  readonly device?: string | undefined;
  readonly description?: string | undefined;
}

const surroundings = globalThis as unknown as Surroundings;

function webGl2(): Gl | null {
  const { document, OffscreenCanvas } = surroundings;
  const canvas = OffscreenCanvas ? new OffscreenCanvas(1, 1) : document?.createElement("canvas");
  const settings = {
    alpha: false,
    depth: false,
    antialias: false,
    powerPreference: "high-performance",
  };
  const gl = canvas?.getContext("webgl2", settings) ?? null;
  return gl?.getExtension("EXT_color_buffer_float") ? gl : null;
}

function openGl({ GPU, input }: GpuJs, mode: "webgl2" | "headlessgl"): OpenGpu | undefined {
  if (mode === "headlessgl") {
    if (!GPU.isHeadlessGLSupported) return undefined;
    const gpu = new GPU({ mode });
    addFunctions(gpu, mode);
    // gpu.js creates this context; its first kernel gives access to it.
    const probe = gpu.createKernel("function () { return 1; }", {
      output: [1],
      precision: "single",
    });
    const gl = probe.kernel.context as Gl;
    return { mode, renderer: rendererName(gl), gpu, gl, input };
  }
  const context = webGl2();
  if (!context) return undefined;
  // gpu.js resizes the canvas of its context for every output. All results here stay in textures, so no canvas is needed.
  const gpu = new GPU({ context, canvas: { width: 1, height: 1 } });
  addFunctions(gpu, mode);
  return { mode, renderer: rendererName(context), gpu, gl: context, input };
}

/**
 * Releases everything, including the context: gpu.js ends a context passed to it only while it has kernels, and
 * browsers keep at most sixteen.
 */
export async function closeGpu({ gpu, gl, mode }: OpenGpu): Promise<void> {
  await gpu.destroy();
  if (mode !== "webgl2") return;
  const end = gl?.getExtension("WEBGL_lose_context") as { loseContext(): void } | null | undefined;
  end?.loseContext();
}

async function openWebGpu({ GPU, input }: GpuJs): Promise<OpenGpu | undefined> {
  if (!(await GPU.isWebGPUAvailable())) return undefined;
  const adapter = await surroundings.navigator?.gpu?.requestAdapter();
  const { vendor, architecture, device, description } = adapter?.info ?? {};
  const renderer =
    [vendor, architecture, device, description].filter(Boolean).join(" ") || "WebGPU";
  const gpu = new GPU({ mode: "webgpu" });
  addFunctions(gpu, "webgpu");
  return { mode: "webgpu", renderer, gpu, gl: undefined, input };
}

/**
 * Opens the given mode, or the first available one of WebGL 2 and headless GL.
 *
 * @param options.allowSoftware whether to accept a renderer that computes on the CPU
 * @throws {TensorError} `ERR_BACKEND` when there is none, or only a software renderer, which was not allowed
 */
export async function openGpu(
  library: GpuJs,
  { mode, allowSoftware }: { mode: GpuMode | undefined; allowSoftware: boolean },
): Promise<OpenGpu> {
  const opened =
    mode === "webgpu"
      ? await openWebGpu(library)
      : mode
        ? openGl(library, mode)
        : (openGl(library, "webgl2") ?? openGl(library, "headlessgl"));
  if (!opened)
    throw new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/gpu: ${mode ? `mode ${mode} is not` : "neither webgl2 nor headlessgl is"} available here; webgl2 needs a ` +
        "browser with float render targets, headlessgl the npm package gl and a display under Node, webgpu a secure " +
        "page whose navigator.gpu gives an adapter. Use the wasm backend otherwise",
      { fields: { mode } },
    );
  if (!allowSoftware && isSoftwareRenderer(opened.renderer)) {
    await closeGpu(opened);
    throw new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/gpu: the renderer "${opened.renderer}" computes on the processor, more slowly than the wasm backend; ` +
        "to take it all the same, give allowSoftware: true or a mode",
      { fields: { renderer: opened.renderer, mode: opened.mode } },
    );
  }
  return opened;
}
