import { engine } from "./engine";
import type { LossInfo } from "./web-gpu";

/** The error of everything that is asked of a lost device. */
export const lostDevice = ({ reason, message }: LossInfo) =>
  new (engine().TensorError)(
    "ERR_BACKEND",
    `tensor-gpu/webgpu: the device was lost${message ? ` (${message.trim()})` : ""}, and with it all tensors that no ` +
      "checkpoint holds; open another with `await useWebGpu()` and load the parameters again, or go on with " +
      'setBackend("wasm")',
    { fields: { isContextLost: true, reason } },
  );

export const disposedBackend = () =>
  new (engine().TensorError)("ERR_BACKEND", "tensor-gpu/webgpu: this backend was disposed");

/** Commands that the device refused. @param message its own */
export const failedCommands = (message: string) =>
  new (engine().TensorError)(
    "ERR_BACKEND",
    `tensor-gpu/webgpu: the device refused commands: ${message}`,
    {
      cause: new Error(message),
    },
  );

/** A kernel that the driver refused. @param cause the compiler's message */
export const refusedKernel = (kernel: string, cause: unknown) =>
  new (engine().TensorError)(
    "ERR_BACKEND",
    `tensor-gpu/webgpu: the driver refused the kernel ${kernel}; go on with setBackend("wasm"), and please report the ` +
      "cause with the name of the adapter",
    { fields: { kernel }, cause },
  );

/** The error of a kernel that this backend does not have. */
export const missingKernel = (kernel: string, where: string) =>
  new (engine().TensorError)(
    "ERR_BACKEND",
    `tensor-gpu/webgpu: ${kernel} has no WGSL kernel; ${where} has it: call setBackend("${where}") for this work`,
    { fields: { kernel, backend: where } },
  );

/** The error of `f16` where it cannot be had. */
export const missingFloat16 = (adapter: string) =>
  new (engine().TensorError)(
    "ERR_BACKEND",
    `tensor-gpu/webgpu: f16: true needs the feature shader-f16, which "${adapter}" does not offer, or which the given ` +
      "device was not requested with; leave f16 out",
    { fields: { adapter } },
  );
