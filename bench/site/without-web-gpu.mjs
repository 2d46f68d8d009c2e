// Why there is nothing to measure, and what to do about it.

/** @param {{ isSecure: boolean, hasWebGpu: boolean }} page */
export function withoutWebGpu({ isSecure, hasWebGpu }) {
  if (!isSecure)
    return "Browsers offer WebGPU only to pages that come by https or from this machine (localhost). Open this page that way.";
  if (!hasWebGpu)
    return "This browser has no WebGPU. Current versions of Chrome, Edge and Safari have it, and Firefox on Windows and on Macs with Apple silicon; on Linux, Chrome has it behind chrome://flags/#enable-unsafe-webgpu. Everything else on this site runs without: the wasm backend needs no graphics card.";
  return "This browser has WebGPU, but offers no graphics card to it. Check that hardware acceleration is switched on in the browser’s settings and that the graphics driver is up to date; chrome://gpu tells why Chrome refuses a card. Everything else on this site runs without: the wasm backend needs no graphics card.";
}
