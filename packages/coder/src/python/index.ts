export {
  createPythonSandbox,
  type PythonLimits,
  type PythonSandbox,
  type PythonSandboxOptions,
} from "./create-python-sandbox";
