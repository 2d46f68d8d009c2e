import { createHash } from "node:crypto";

/**
 * The Content-Security-Policy of a page: its own files, WebAssembly, threads from blobs, nothing else.
 * @param styles texts of style elements that are allowed, such as the one that Plot writes into each chart
 * @param asks further hosts that it may ask
 * @param frames whether it shows pages of this site in frames
 */
export function policyOf(
  styles: readonly string[],
  asks: readonly string[] = [],
  frames = false,
): string {
  const hashes = [...new Set(styles)].map(
    (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    ["connect-src 'self'", ...asks].join(" "),
    ["style-src 'self'", ...hashes].join(" "),
    "img-src 'self' data:",
    ...(frames ? ["frame-src 'self'"] : []),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
