import type { Gl } from "./gpu-js";

/** Renderers that compute on the CPU, 100 to 1000 times slower than the WebAssembly backend, or that hide what they are. */
const SOFTWARE =
  /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|mesa offscreen|apple software|^angle$/i;

/** Whether a renderer with this name is software rather than a GPU. */
export const isSoftwareRenderer = (renderer: string): boolean => SOFTWARE.test(renderer);

/** The package gl reports "ANGLE" for every driver; the native context behind its objects reports the actual renderer. */
function nativeName(gl: Gl): unknown {
  const texture: { readonly _ctx?: object } = gl.createTexture();
  gl.deleteTexture(texture);
  const wrapped = texture._ctx && Object.getPrototypeOf(texture._ctx);
  const native: Partial<Gl> | undefined = wrapped && Object.getPrototypeOf(wrapped);
  return native?.getParameter?.call(texture._ctx as Gl, gl.RENDERER);
}

/** The renderer behind a context, as precisely as the browser reports it. */
export function rendererName(gl: Gl): string {
  const debug = gl.getExtension("WEBGL_debug_renderer_info");
  const name = debug ? gl.getParameter(debug.UNMASKED_RENDERER_WEBGL!) : nativeName(gl);
  return String(name ?? gl.getParameter(gl.RENDERER) ?? "unknown");
}
