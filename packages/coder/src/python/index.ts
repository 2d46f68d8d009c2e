/**
 * Runs Python that nobody has read, in Pyodide.
 *
 * @packageDocumentation
 */
export { createPythonSandbox, type PythonSandbox } from "./create-python-sandbox";
