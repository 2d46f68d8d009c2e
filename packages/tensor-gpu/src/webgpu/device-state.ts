import type { TensorError } from "../errors";
import { disposedBackend, failedCommands, lostDevice } from "./device-errors";
import type { Device } from "./web-gpu";

/** Whether the device can still be used, and what went wrong on it. */
export interface DeviceState {
  /** @throws {TensorError} `ERR_BACKEND` once the device is lost, the backend disposed or a kernel refused */
  assertUsable(): void;
  /** The same as a rejection, as soon as the device is lost. */
  readonly failed: Promise<never>;
  readonly isUsable: boolean;
  /** Keeps the first failure that the device reports late: it is thrown by what is asked next. */
  fail(error: TensorError): void;
  dispose(): void;
}

export function watchDevice(device: Device): DeviceState {
  let failure: TensorError | undefined;
  let isDisposed = false;
  const failed = new Promise<never>((_, reject) => {
    void device.lost.then((info) => {
      failure = isDisposed ? disposedBackend() : lostDevice(info);
      reject(failure);
    });
  });
  failed.catch(() => {}); // Whoever waits hears of it.
  device.addEventListener?.("uncapturederror", ({ error }) => {
    failure ??= failedCommands(error.message);
  });
  return {
    failed,
    get isUsable() {
      return !failure && !isDisposed;
    },
    assertUsable() {
      if (isDisposed) throw disposedBackend();
      if (failure) throw failure;
    },
    fail(error) {
      failure ??= error;
    },
    dispose() {
      isDisposed = true;
    },
  };
}

/** Runs `make` and reports what the device says of it later. @param explain the error of a failure */
export function watched<T>(
  device: Device,
  state: DeviceState,
  filter: "validation" | "out-of-memory",
  make: () => T,
  explain: (message: string) => TensorError,
): T {
  device.pushErrorScope(filter);
  try {
    return make();
  } finally {
    device.popErrorScope().then(
      (error) => {
        if (error) state.fail(explain(error.message));
      },
      () => {}, // A lost device answers no more: `lost` tells.
    );
  }
}
