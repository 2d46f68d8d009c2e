export { createSandbox, type Sandbox, type Strength } from "./create-sandbox";
