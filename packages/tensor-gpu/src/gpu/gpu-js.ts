/** @file The parts of gpu.js 2.24.1 and of WebGL that are in use. */

/** A texture or a buffer that a kernel wrote. */
export interface DeviceArray {
  delete(): void;
  toArray(): unknown;
  /** The WebGL texture; a WebGPU result has none. */
  readonly texture?: object;
}

/** The return value of one run: a result, or a promise of it (WebGPU; every mode from gpu.js 3 on). */
export type Pending<T> = T | Promise<T>;

/** The kernel behind a callable, where output textures are created. */
interface KernelCore {
  readonly context: unknown;
  readonly framebuffer: object;
  texture: DeviceArray | null;
  textureCache?: unknown[];
  _setupOutputTexture?(): void;
}

export interface GpuKernel {
  (...values: unknown[]): Pending<DeviceArray>;
  readonly kernel: KernelCore;
  setOutput(size: readonly [number, number]): unknown;
  destroy(removeCanvasReferences?: boolean): void;
}

export interface NativeFunction {
  readonly name: string;
  readonly source: string;
  readonly returnType: string;
  readonly argumentTypes: Readonly<Record<string, string>>;
}

export interface GpuInstance {
  createKernel(source: string, settings: Readonly<Record<string, unknown>>): GpuKernel;
  addFunction(source: string, settings?: Readonly<Record<string, unknown>>): unknown;
  addNativeFunction(
    name: string,
    source: string,
    settings: Omit<NativeFunction, "name" | "source">,
  ): unknown;
  injectNative(source: string): unknown;
  destroy(): Promise<void>;
}

export interface GpuJs {
  readonly GPU: {
    new (settings: Readonly<Record<string, unknown>>): GpuInstance;
    readonly isWebGL2Supported: boolean;
    readonly isHeadlessGLSupported: boolean;
    isWebGPUAvailable(): Promise<boolean>;
  };
  input(values: Float32Array, size: readonly number[]): unknown;
}

/** The calls of a WebGL context that are used here in addition to those of gpu.js. */
export interface Gl {
  readonly FRAMEBUFFER: number;
  readonly COLOR_ATTACHMENT0: number;
  readonly TEXTURE_2D: number;
  readonly RGBA: number;
  readonly FLOAT: number;
  readonly MAX_TEXTURE_SIZE: number;
  readonly MAX_TEXTURE_IMAGE_UNITS: number;
  readonly OUT_OF_MEMORY: number;
  readonly RENDERER: number;
  bindFramebuffer(target: number, framebuffer: object | null): void;
  createFramebuffer(): object;
  deleteFramebuffer(framebuffer: object): void;
  framebufferTexture2D(
    target: number,
    attachment: number,
    kind: number,
    texture: object | null,
    level: number,
  ): void;
  readPixels(
    x: number,
    y: number,
    width: number,
    height: number,
    format: number,
    type: number,
    into: Float32Array | number,
  ): void;
  createTexture(): object;
  deleteTexture(texture: object): void;
  getParameter(name: number): unknown;
  getExtension(name: string): Record<string, number> | null;
  getError(): number;
  isContextLost(): boolean;
}

/** Additional calls of WebGL 2, for reading without blocking. */
export interface Gl2 extends Gl {
  readonly PIXEL_PACK_BUFFER: number;
  readonly STREAM_READ: number;
  readonly SYNC_GPU_COMMANDS_COMPLETE: number;
  readonly TIMEOUT_EXPIRED: number;
  createBuffer(): object;
  bindBuffer(target: number, buffer: object | null): void;
  bufferData(target: number, size: number, usage: number): void;
  getBufferSubData(target: number, offset: number, into: Float32Array): void;
  deleteBuffer(buffer: object): void;
  fenceSync(condition: number, flags: number): object;
  clientWaitSync(sync: object, flags: number, timeout: number): number;
  deleteSync(sync: object): void;
  flush(): void;
}
