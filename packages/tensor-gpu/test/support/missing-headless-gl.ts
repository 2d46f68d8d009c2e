import { createGpuBackend, TensorError } from "../../src";

/** Why there is no headless GL here, or undefined where there is. */
async function whyMissing(): Promise<string | undefined> {
  try {
    const backend = await createGpuBackend({ mode: "headlessgl" });
    await backend.dispose();
    return undefined;
  } catch (error) {
    if (TensorError.isInstance(error) && error.code === "ERR_BACKEND") return error.message;
    throw error;
  }
}

/** The message to whoever runs the tests without the package gl and a display, as most do. */
export const missingHeadlessGl = await whyMissing();
