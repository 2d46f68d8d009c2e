export { createPythonSandbox, type PythonSandbox } from "./create-python-sandbox";
