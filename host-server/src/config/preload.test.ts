import { expect, test } from "vitest";
import { inFrontOf, preloadEntry } from "./preload.ts";

test("a shim is preloaded by its path, or by its name where a list cannot hold that", () => {
  expect(preloadEntry("/opt/gf/libgpuferry.so")).toBe("/opt/gf/libgpuferry.so");
  expect(preloadEntry("/opt/g f/libgpuferry.so")).toBe("libgpuferry.so");
  expect(() => preloadEntry("/opt/g:f/libgpuferry.so")).toThrow("move /opt/g:f");
});

test("directories come first, and alone where there are none", () => {
  expect(inFrontOf("/a", "/b:/c")).toBe("/a:/b:/c");
  expect(inFrontOf("/a", undefined)).toBe("/a");
  expect(inFrontOf("/a", "")).toBe("/a");
});
