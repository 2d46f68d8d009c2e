import { engine } from "./engine";
import type { Adapter, AdapterInfo, Device, Gpu, WebGpuDevice } from "./web-gpu";

/** How an adapter is found. */
export interface DeviceOptions {
  readonly device?: WebGpuDevice | undefined;
  readonly powerPreference?: "low-power" | "high-performance" | undefined;
  readonly allowSoftware?: boolean | undefined;
}

/** An open device, and whether the backend has to close it. */
export interface OpenDevice {
  readonly device: Device;
  readonly isOwn: boolean;
  readonly adapter: string;
}

/** Features that are used where there are any. */
const WANTED = ["timestamp-query", "subgroups", "shader-f16"];

/** Names of adapters that compute on the processor. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render|warp/i;

/** The adapter's name, as far as it tells. */
const nameOf = ({ vendor, architecture, device, description }: AdapterInfo = {}): string =>
  [vendor, architecture, device, description].filter(Boolean).join(" ") || "WebGPU";

function refuse(
  problem: string,
  fields: Readonly<Record<string, unknown>>,
  cause?: unknown,
): never {
  throw new (engine().TensorError)("ERR_BACKEND", `tensor-gpu/webgpu: ${problem}`, {
    fields,
    cause,
  });
}

async function findAdapter(powerPreference: DeviceOptions["powerPreference"]): Promise<Adapter> {
  const { gpu } = ((globalThis as { navigator?: { gpu?: Gpu } }).navigator ?? {}) as { gpu?: Gpu };
  if (!gpu)
    refuse(
      "there is no navigator.gpu here; it needs a secure page of a browser with WebGPU, or a device given as the option " +
        "`device` (in Node, by the npm package webgpu); the wasm backend runs everywhere",
      {},
    );
  let adapter: Adapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference });
  } catch (cause) {
    refuse(
      "asking for a graphics adapter failed; use the wasm backend",
      { powerPreference },
      cause,
    );
  }
  if (!adapter)
    refuse("no graphics adapter is available here; use the wasm backend", { powerPreference });
  return adapter;
}

const isComplete = (device: WebGpuDevice): device is Device =>
  typeof (device as Partial<Device>).createComputePipeline === "function" &&
  typeof device.lost?.then === "function";

/**
 * The given device, or one of the first adapter, with the largest buffers that it offers.
 *
 * @throws {TensorError} `ERR_BACKEND` where there is none, or only a software adapter, which was not allowed
 */
export async function openDevice({
  device,
  powerPreference = "high-performance",
  allowSoftware = device !== undefined,
}: DeviceOptions): Promise<OpenDevice> {
  if (device) {
    if (!isComplete(device)) refuse("the option device is no GPUDevice", {});
    const adapter = nameOf(device.adapterInfo);
    assertHardware(adapter, device.adapterInfo, allowSoftware);
    return { device, isOwn: false, adapter };
  }
  const adapter = await findAdapter(powerPreference);
  const name = nameOf(adapter.info);
  assertHardware(name, adapter.info, allowSoftware);
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  try {
    const opened = await adapter.requestDevice({
      requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
      requiredFeatures: WANTED.filter((feature) => adapter.features.has(feature)),
    });
    return { device: opened, isOwn: true, adapter: name };
  } catch (cause) {
    const limits = { maxStorageBufferBindingSize, maxBufferSize };
    refuse(`the adapter "${name}" refused a device; use the wasm backend`, limits, cause);
  }
}

function assertHardware(name: string, info: AdapterInfo | undefined, isAllowed: boolean): void {
  if (isAllowed || !(info?.isFallbackAdapter || SOFTWARE.test(name))) return;
  refuse(
    `the adapter "${name}" computes on the processor, more slowly than the wasm backend; to take it all the same, give ` +
      "allowSoftware: true",
    { adapter: name },
  );
}
