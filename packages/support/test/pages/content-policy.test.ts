import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sha256 } from "../../src/hashes/sha256";
import { contentPolicy, Html, html, page, section } from "../../src/pages";

const digest = (bytes: Uint8Array | string, form: "hex" | "base64") =>
  createHash("sha256").update(bytes).digest(form);

it("hashes bytes of every length about the size of a block as SHA-256 does", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256);
    expect(Buffer.from(sha256(bytes)).toString("hex"), String(length)).toBe(digest(bytes, "hex"));
  }
});

it("allows a page its own scripts, each by its hash, and nothing else", () => {
  const script = 'document.title = "ü";';
  const content = new Html(
    `<script>${script}</script><script type="application/json">{"a": 1}</script>`,
  );
  const text = page({ title: "<script>alert(1)</script>", sections: [section("S", content)] });
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text)![1];
  expect(policy).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; script-src 'sha256-${digest(script, "base64")}'`,
  );
  expect(text.indexOf("Content-Security-Policy")).toBeLessThan(text.indexOf("<title>"));
});

it("lets the scripts of a live page ask its own server, and no other page's", () => {
  const policyOf = (isLive: boolean) => page({ title: "Live", sections: [], isLive });
  expect(policyOf(true)).toContain("; connect-src 'self'\">");
  expect(policyOf(false)).not.toContain("connect-src");
});

it("allows no script at all where a page has none", () => {
  expect(contentPolicy(html`<body>${"<script>x()</script>"}</body>`).text).not.toContain(
    "script-src",
  );
});
