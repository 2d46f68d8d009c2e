import type { WebGpuCounts } from "./counts";
import type { DeviceState } from "./device-state";
import {
  type BindGroup,
  type BindGroupLayout,
  type CommandEncoder,
  type ComputePass,
  type ComputePipeline,
  type Device,
  type GpuBuffer,
  type PassDescriptor,
  type PipelineLayout,
  type QuerySet,
  USAGE,
} from "./web-gpu";

/** Bytes of the arguments of one launch: of most, and of those with a table. */
export const ARGUMENT_BYTES = [256, 4096] as const;
/** Heaps that one kernel may be bound to. */
export const MOST_HEAPS = 3;
/** Launches after which the commands are handed to the device. */
const MOST_LAUNCHES = 256;
const RING_BYTES = 2 ** 20;
/** Larger uploads do not pass through the ring. */
const SMALL_BYTES = RING_BYTES / 4;

/** One launch of a compiled kernel. */
export interface Dispatch {
  readonly pipeline: ComputePipeline;
  /** Values of the kernel's arguments, a 32-bit word each. */
  readonly words: Uint32Array;
  /** Numbers of the heaps of its operands, ascending. */
  readonly heaps: readonly number[];
  readonly groups: readonly [number, number, number];
}

/** Commands in the order of calls, handed to the device together. */
export interface Stream {
  /** Layouts of kernels that are bound to one, two and three heaps. */
  readonly layouts: readonly PipelineLayout[];
  dispatch(launch: Dispatch): void;
  copy(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, bytes: number): void;
  /** @param data a whole number of 32-bit words, copied before this returns */
  upload(to: () => GpuBuffer, offset: number, data: Uint32Array): void;
  /** Destroys a buffer as soon as all commands so far are with the device. */
  retire(buffer: GpuBuffer): void;
  /** Forgets the bindings of buffers that were replaced. */
  rebind(): void;
  submit(): void;
  /** Opens the next pass: where its times are written. */
  nextPass: (() => PassDescriptor | undefined) | undefined;
  /** Writes the first `count` times of a set to a buffer. */
  resolve(times: QuerySet, count: number, to: GpuBuffer): void;
  destroy(): void;
}

const layoutOf = (device: Device, heaps: number): BindGroupLayout => {
  const compute = 4;
  const uniform = { type: "uniform", hasDynamicOffset: true };
  const storage = { type: "storage" };
  const entry = (binding: number, buffer: object) => ({ binding, visibility: compute, buffer });
  const bound = Array.from({ length: heaps }, (_, i) => entry(i + 1, storage));
  return device.createBindGroupLayout({ entries: [entry(0, uniform), ...bound] });
};

const argumentBytes = (words: Uint32Array): number =>
  words.byteLength <= ARGUMENT_BYTES[0] ? ARGUMENT_BYTES[0] : ARGUMENT_BYTES[1];

/** The buffer of arguments and small uploads, filled on this side until it is submitted. */
function createRing(device: Device) {
  const usage = USAGE.uniform | USAGE.copySource | USAGE.copyTarget;
  const buffer = device.createBuffer({ size: RING_BYTES, usage });
  const words = new Uint32Array(RING_BYTES / 4);
  const step = Math.max(16, device.limits.minUniformBufferOffsetAlignment);
  let top = 0;
  return {
    buffer,
    /** Whether data fit, with room behind for what a binding spans. */
    fits: (data: Uint32Array) =>
      top + Math.max(data.byteLength, ARGUMENT_BYTES[1]) + step <= RING_BYTES,
    add(data: Uint32Array): number {
      const at = top;
      words.set(data, at / 4);
      top = Math.ceil((at + data.byteLength) / step) * step;
      return at;
    },
    send() {
      if (top > 0) device.queue.writeBuffer(buffer, 0, words.buffer, 0, top);
      top = 0;
    },
  };
}

/** @param buffers those of the heaps, replaced when a heap grows */
export function createStream(
  device: Device,
  state: DeviceState,
  buffers: readonly GpuBuffer[],
  counts: WebGpuCounts,
): Stream {
  const ring = createRing(device);
  counts.buffers++;
  const groupLayouts = Array.from({ length: MOST_HEAPS }, (_, i) => layoutOf(device, i + 1));
  const layouts = groupLayouts.map((layout) =>
    device.createPipelineLayout({ bindGroupLayouts: [layout] }),
  );
  const bindGroups = new Map<string, BindGroup>();
  const retired: GpuBuffer[] = [];
  let encoder: CommandEncoder | undefined;
  let pass: ComputePass | undefined;
  let launches = 0;

  const bindGroup = (heaps: readonly number[], size: number): BindGroup => {
    const key = `${heaps}:${size}`;
    const found = bindGroups.get(key);
    if (found) return found;
    const entries = [
      { binding: 0, resource: { buffer: ring.buffer, size } },
      ...heaps.map((heap, i) => ({ binding: i + 1, resource: { buffer: buffers[heap]! } })),
    ];
    const made = device.createBindGroup({ layout: groupLayouts[heaps.length - 1]!, entries });
    bindGroups.set(key, made);
    return made;
  };
  const outsidePass = (): CommandEncoder => {
    pass?.end();
    pass = undefined;
    encoder ??= device.createCommandEncoder();
    return encoder;
  };
  const submit = () => {
    if (encoder && state.isUsable) {
      const commands = outsidePass().finish();
      ring.send();
      device.queue.submit([commands]);
      counts.submits++;
    }
    encoder = undefined;
    launches = 0;
    for (const buffer of retired.splice(0)) buffer.destroy();
  };
  const stream: Stream = {
    layouts,
    submit,
    nextPass: undefined,
    resolve: (times, count, to) => outsidePass().resolveQuerySet(times, 0, count, to, 0),
    dispatch({ pipeline, words, heaps, groups }) {
      if (launches >= MOST_LAUNCHES || !ring.fits(words)) submit();
      encoder ??= device.createCommandEncoder();
      pass ??= encoder.beginComputePass(stream.nextPass?.());
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup(heaps, argumentBytes(words)), [ring.add(words)]);
      pass.dispatchWorkgroups(...groups);
      launches++;
      counts.dispatches++;
    },
    copy(from, fromOffset, to, toOffset, bytes) {
      outsidePass().copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
    },
    upload(to, offset, data) {
      if (encoder && data.byteLength <= SMALL_BYTES) {
        if (!ring.fits(data)) submit();
        const at = ring.add(data);
        outsidePass().copyBufferToBuffer(ring.buffer, at, to(), offset, data.byteLength);
        return;
      }
      submit();
      const bytes = data.buffer as ArrayBuffer;
      device.queue.writeBuffer(to(), offset, bytes, data.byteOffset, data.byteLength);
    },
    retire: (buffer) => void retired.push(buffer),
    rebind: () => bindGroups.clear(),
    destroy() {
      for (const buffer of retired.splice(0)) buffer.destroy();
      ring.buffer.destroy();
      bindGroups.clear();
    },
  };
  return stream;
}
