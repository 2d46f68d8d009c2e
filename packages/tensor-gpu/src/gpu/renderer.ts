import type { Gl } from "./gpu-js";

/** Renderers that compute on the processor, 100 to 1000 times slower than the WebAssembly back end. */
const SOFTWARE =
  /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|mesa offscreen|apple software/i;

/** Whether a renderer of this name is a program and no graphics processor. */
export const isSoftwareRenderer = (renderer: string): boolean => SOFTWARE.test(renderer);

/** The renderer behind a context, as precisely as the browser tells. */
export function rendererName(gl: Gl): string {
  const debug = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(debug?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER) ?? "unknown");
}
