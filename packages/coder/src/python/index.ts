export {
  createPythonSandbox,
  type PythonSandbox,
  type PythonSandboxOptions,
} from "./create-python-sandbox";
export type { PythonLimits } from "./limits";
