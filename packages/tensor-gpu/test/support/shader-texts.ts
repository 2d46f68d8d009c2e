/// <reference types="@webgpu/types" />

/** The WGSL of every shader that is made on `device` from now on. */
export function shaderTexts(device: GPUDevice): string[] {
  const texts: string[] = [];
  const makeModule = device.createShaderModule.bind(device);
  const value = (given: GPUShaderModuleDescriptor) => {
    texts.push(given.code);
    return makeModule(given);
  };
  Object.defineProperty(device, "createShaderModule", { value });
  return texts;
}
