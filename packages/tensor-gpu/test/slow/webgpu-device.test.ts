import { missingWebGpu, nodeDevice, nodeGpu } from "@deepgrain/vitest/node-webgpu";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { createWebGpuBackend, useWebGpu } from "../../src/webgpu";
import type { WebGpuBackend, WebGpuOptions } from "../../src/webgpu/create-web-gpu-backend";
import type { Adapter, GpuLimits } from "../../src/webgpu/web-gpu";
import { createBench } from "../conformance/suite/known/bench";

const MIB = 2 ** 20;
/** Node has one from 21 on, without WebGPU. */
const surroundings = globalThis as { navigator?: object };
if (!surroundings.navigator)
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
const before = dg.getBackend();
let opened: { backend: WebGpuBackend; device: GPUDevice }[] = [];

afterEach(async () => {
  Reflect.deleteProperty(surroundings.navigator!, "gpu");
  dg.setBackend(before);
  for (const { backend, device } of opened) {
    await backend.dispose();
    device.destroy();
  }
  opened = [];
});

/** A device with other limits than its own. */
const limited = (device: GPUDevice, limits: Partial<GpuLimits>): GPUDevice =>
  new Proxy(device, {
    get(target, name) {
      if (name === "limits") return { ...allLimits(target), ...limits };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

const allLimits = ({ limits }: GPUDevice): GpuLimits => ({
  maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
  maxBufferSize: limits.maxBufferSize,
  minUniformBufferOffsetAlignment: limits.minUniformBufferOffsetAlignment,
  maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
});

async function open(limits: Partial<GpuLimits> = {}, options: WebGpuOptions = {}) {
  const device = await nodeDevice();
  const backend = await createWebGpuBackend({ ...options, device: limited(device, limits) });
  opened.push({ backend, device });
  return { ...createBench(backend), backend, device };
}

/** Stands in for `navigator.gpu`. */
function pretend(requestAdapter: () => Promise<Partial<Adapter> | null>): void {
  Object.defineProperty(surroundings.navigator!, "gpu", {
    value: { requestAdapter },
    configurable: true,
  });
}

const backendError = (message: RegExp) =>
  expect.objectContaining({ code: "ERR_BACKEND", message: expect.stringMatching(message) });
const lost = expect.objectContaining({
  code: "ERR_BACKEND",
  fields: expect.objectContaining({ isContextLost: true }),
});

describe("opening a WebGPU backend", () => {
  it("says what is missing without navigator.gpu, an adapter or a device, and leaves the backend in use", async () => {
    await expect(useWebGpu()).rejects.toThrow(backendError(/no navigator.gpu/));
    pretend(async () => null);
    await expect(useWebGpu()).rejects.toThrow(backendError(/no graphics adapter/));
    pretend(() => Promise.reject(new Error("not now")));
    await expect(useWebGpu()).rejects.toThrow(backendError(/asking for a graphics adapter failed/));
    const refusing = {
      limits: { maxBufferSize: 1 } as never,
      features: new Set<string>(),
      info: { description: "card" },
    };
    const requestDevice = () => Promise.reject(new Error("limits"));
    pretend(async () => ({ ...refusing, requestDevice }));
    await expect(useWebGpu()).rejects.toThrow(backendError(/"card" refused a device/));
    expect(dg.getBackend()).toBe(before);
  });

  it("refuses bad options", async () => {
    const argument = expect.objectContaining({ code: "ERR_ARGUMENT" });
    await expect(createWebGpuBackend({ device: {} as never })).rejects.toThrow(
      backendError(/no GPUDevice/),
    );
    await expect(createWebGpuBackend({ powerPreference: "much" as never })).rejects.toThrow(
      argument,
    );
    await expect(createWebGpuBackend({ memory: 1 } as never)).rejects.toThrow(argument);
    await expect(createWebGpuBackend({ f16: 1 } as never)).rejects.toThrow(argument);
    await expect(createWebGpuBackend({ memoryLimit: 12 })).rejects.toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

if (missingWebGpu === undefined) describe("a WebGPU device", deviceTests);
else
  describe("a WebGPU device", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
  });

function deviceTests(): void {
  beforeAll(async () => {
    (await nodeDevice()).destroy(); // The first takes seconds.
  });

  it("is refused where it computes on the processor, unless that is allowed", async () => {
    pretend((() => nodeGpu().requestAdapter()) as never);
    const { info } = (await nodeGpu().requestAdapter())!;
    if (!info.isFallbackAdapter) return;
    await expect(createWebGpuBackend()).rejects.toThrow(backendError(/allowSoftware: true/));
    const backend = await useWebGpu({ allowSoftware: true });
    expect(dg.setBackend("wasm").name).toBe("wasm");
    expect(dg.setBackend("webgpu")).toBe(backend);
    expect(await dg.tensor([1, 2]).mul(3).data()).toEqual(Float32Array.of(3, 6));
    await backend.dispose();
  });

  it("keeps numbers when its heap grows, and computes across heaps", async () => {
    const limits = { maxStorageBufferBindingSize: 72 * MIB };
    const { backend, kernels, floats, empty, read } = await open(limits);
    const a = floats([3], [1, 2, 3]);
    const blocks = [40, 30, 60, 60].map((mib) => empty([mib * (MIB / 4)]));
    const b = floats([3], [10, 20, 30]);
    const far = { ...blocks[3]!, shape: [3], size: 3 };
    kernels.fill(far, 0.5);
    const out = { ...blocks[2]!, shape: [3], size: 3 };
    kernels.arithmetic("mul", out, a, far);
    kernels.arithmetic("add", out, out, b);
    expect(await read(out)).toEqual([10.5, 21, 31.5]);
    expect(backend.maximumBytes).toBe(3 * 72 * MIB);
  });

  it("says what fits when its heap is full or a tensor is larger than a binding, and goes on", async () => {
    const { backend, kernels, floats, read } = await open({}, { memoryLimit: 2 * MIB });
    const full = expect.objectContaining({
      code: "ERR_MEMORY",
      message: expect.stringMatching(/limit 2\.0 MiB in all and 2\.0 MiB for one tensor/),
    });
    expect(() => backend.allocate(3 * MIB)).toThrow(full);
    const large = backend.allocate(1.5 * MIB);
    expect(() => backend.allocate(MIB)).toThrow(full);
    backend.free(large, 1.5 * MIB);
    const x = floats([2], [1, 2]);
    kernels.unary("neg", x, x, 0);
    expect(await read(x)).toEqual([-1, -2]);
  });

  it("gives reads the numbers of their moment, with one submit for those of one turn", async () => {
    const { backend, kernels, floats, read } = await open();
    const x = floats([2], [1, 2]);
    kernels.unary("neg", x, x, 0);
    backend.counts();
    const first = read(x);
    kernels.fill(x, 7);
    const second = read(x);
    backend.upload(x, [8, 9]);
    expect(await Promise.all([first, second, read(x)])).toEqual([
      [-1, -2],
      [7, 7],
      [8, 9],
    ]);
    expect(backend.counts()).toMatchObject({ submits: 1, dispatches: 1 });
  });

  it("repeats a recording on the memory of its tensors, also after the heap has grown", async () => {
    const { backend, kernels, floats, ints, empty, read } = await open();
    const [x, y] = [floats([2], [1, 2]), empty([2])];
    backend.counts();
    const recording = backend.record!(() => {
      const place = backend.allocate(8);
      const own = { ...y, storage: { handle: place } };
      backend.upload(own, [10, 20]);
      kernels.arithmetic("add", y, x, own);
      backend.free(place, 8);
      expect(() => kernels.dropout(y, y, 0.5, 1, 0)).toThrow(backendError(/recordStep: dropout/));
    });
    expect(await read(y)).toEqual([11, 22]);
    const { flop, bytesRead, bytesWritten } = backend.counts();
    expect(bytesWritten).toBe(8);
    kernels.fill(empty([20 * MIB]), 1);
    kernels.fill(ints([2], [1, 1]), 5);
    backend.upload(x, [5, 6]);
    backend.counts();
    recording.replay();
    expect(await read(y)).toEqual([15, 26]);
    expect(backend.counts()).toMatchObject({ dispatches: 1, flop, bytesRead, bytesWritten });
    recording.dispose();
    expect(() => recording.replay()).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  it("names kernels that it does not have, and the backend that has them", async () => {
    const { kernels, empty } = await open();
    const x = empty([1]);
    expect(() => kernels.logSoftmax(x, x, 1, 1)).toThrow(backendError(/logSoftmax .* wasm has it/));
  });

  it.each(["before a read", "during a read"])("rejects when it is lost %s", async (moment) => {
    const { backend, device, kernels, floats } = await open();
    dg.setBackend(backend);
    const bytes = dg.memory().bytes;
    const tensor = dg.tensor([1, 2, 3]);
    const x = floats([2], [1, 2]);
    kernels.unary("neg", x, x, 0);
    const reading = moment === "during a read" ? backend.read(x) : undefined;
    device.destroy();
    await expect(reading ?? backend.read(x)).rejects.toThrow(lost);
    expect(() => kernels.unary("neg", x, x, 0)).toThrow(lost);
    expect(() => tensor.mul(2)).toThrow(lost);
    expect(() => backend.allocate(4)).toThrow(lost);
    expect(() => backend.upload(x, [1, 2])).toThrow(lost);
    await expect(tensor.data()).rejects.toThrow(lost);
    tensor.dispose();
    expect(dg.memory().bytes).toBe(bytes);
    await backend.dispose();
    dg.setBackend("wasm");
    expect(dg.tensor([2]).mul(2).itemSync()).toBe(4);
  });

  it("refuses everything once its backend was disposed, and disposes twice", async () => {
    const { backend, kernels, floats } = await open();
    const x = floats([2], [1, 2]);
    const reading = backend.read(x);
    await backend.dispose();
    await backend.dispose();
    await expect(reading).rejects.toThrow(expect.objectContaining({ code: "ERR_BACKEND" }));
    expect(() => kernels.fill(x, 1)).toThrow(backendError(/disposed/));
    expect(() => backend.free(x.storage.handle, 8)).not.toThrow();
  });
}
