// The graphics adapter of this process or page, by `navigator.gpu`.

/** Names of adapters that compute on the processor. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render|warp/i;

/** Name and limits of the adapter and whether it computes on the processor; undefined where there is none. */
export async function describeAdapter(gpu) {
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return undefined;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const adapterName = [vendor, architecture, device, description].filter(Boolean).join(" ");
  const { limits } = adapter;
  return {
    adapter: adapterName || "unnamed",
    isSoftware: isFallbackAdapter || SOFTWARE.test(adapterName),
    limits: Object.fromEntries(
      [
        "maxBufferSize",
        "maxStorageBufferBindingSize",
        "maxComputeInvocationsPerWorkgroup",
        "maxComputeWorkgroupStorageSize",
      ].map((name) => [name, limits[name]]),
    ),
    features: [...adapter.features].filter((name) => /f16|subgroup|timestamp/.test(name)),
  };
}
