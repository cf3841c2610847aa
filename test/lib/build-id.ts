/** Names what a result was got with, so that one of another build is not taken for one of this. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { EXECUTOR, GUEST_LIBRARY } from "./paths.ts";

/** Of what is forwarded with: the guest's libraries and the executor. */
export function forwardingId(): string {
  const guest = path.dirname(GUEST_LIBRARY);
  const libraries = readdirSync(guest).filter((name) => name.includes(".so"));
  return contentId([EXECUTOR, ...libraries.map((name) => path.join(guest, name))]);
}

export function contentId(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}
