/// <reference types="@webgpu/types" />

/** What a device was asked for since the last call of `count`. */
export interface DeviceWork {
  submits: number;
  dispatches: number;
  buffers: number;
}

/** A device that counts, by itself and not by the backend's statements, and its buffers. */
export interface CountedDevice {
  readonly device: GPUDevice;
  /** Buffers that exist. */
  readonly living: ReadonlySet<GPUBuffer>;
  count(): DeviceWork;
}

const none = (): DeviceWork => ({ submits: 0, dispatches: 0, buffers: 0 });

/** Calls `note` with the result of each call of a method. */
function hear<T extends object, Name extends keyof T>(
  target: T,
  name: Name,
  note: (result: ReturnType<Extract<T[Name], (...given: never[]) => unknown>>) => void,
): void {
  const method = (target[name] as (...given: unknown[]) => never).bind(target);
  const heard = (...given: unknown[]) => {
    const result = method(...given);
    note(result);
    return result;
  };
  Object.defineProperty(target, name, { value: heard, configurable: true });
}

/** Counts the submits, dispatches and buffers of a device from now on. */
export function countedDevice(device: GPUDevice): CountedDevice {
  const living = new Set<GPUBuffer>();
  let work = none();
  hear(device, "createBuffer", (buffer) => {
    work.buffers++;
    living.add(buffer);
    hear(buffer, "destroy", () => void living.delete(buffer));
  });
  hear(device, "createCommandEncoder", (encoder) =>
    hear(encoder, "beginComputePass", (pass) => {
      hear(pass, "dispatchWorkgroups", () => void work.dispatches++);
    }),
  );
  const { queue } = device;
  hear(queue, "submit", () => void work.submits++);
  const counted = new Proxy(device, {
    get(target, name) {
      if (name === "queue") return queue; // Dawn for Node makes a new object at each look.
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return {
    device: counted,
    living,
    count() {
      const done = work;
      work = none();
      return done;
    },
  };
}
