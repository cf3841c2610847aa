import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { errorTable } from "../model/errors.ts";
import { adminSocketOf, defaultSocket, parseHost, type Surroundings } from "./addresses.ts";
import { parseConfig } from "./config.ts";
import { findLayout } from "./layout.ts";
import { nearest } from "./nearest.ts";
import { knownKeys } from "./schema.ts";

const around: Surroundings = { env: {}, uid: 1000, writable: () => false };
const read = (text: string) => parseConfig(text, "host.toml", around);

describe("defaults", () => {
  test("serve the server's own user alone", () => {
    const config = read("");
    expect(config.server).toMatchObject({
      socket: "/tmp/gpuferry-1000/host.sock",
      adminSocket: "/tmp/gpuferry-1000/admin.sock",
      socketMode: 0o600,
    });
    expect(config.tenants).toEqual([
      expect.objectContaining({ name: "default", uids: [1000], weight: 1, devices: undefined }),
    ]);
    expect(config.executor.heapBytes).toBe(16 * 2 ** 30);
    expect(config.scheduler).toEqual({ tickMs: 5, idleTickMs: 25, leadMs: 10 });
  });
});

describe("a file", () => {
  test("sets what it names", () => {
    const config = read(`
      [server]
      socket = "/run/x/host.sock"
      [executor]
      cuda_driver = "/opt/libcuda.so.1"
      gl_driver = "none"
      spares = 3
      gl_spares = 0
      [scheduler]
      tick = "8ms"
      [[tenant]]
      name = "red"
      gids = [5]
      weight = 2.5
      memory_quota = "1.5GiB"
      devices = [1, 0]
    `);
    expect(config.server).toMatchObject({ adminSocket: "/run/x/admin.sock", socketMode: 0o666 });
    expect(config.executor).toMatchObject({
      cudaDriver: "/opt/libcuda.so.1",
      glDriver: "none",
      spares: 3,
      glSpares: 0,
    });
    expect(config.scheduler.tickMs).toBe(8);
    expect(config.tenants).toEqual([
      {
        name: "red",
        uids: [],
        gids: [5],
        weight: 2.5,
        maxWeight: 2.5,
        memoryQuotaBytes: 1.5 * 2 ** 30,
        maxSessions: 64,
        devices: [1, 0],
      },
    ]);
  });

  test.each([
    ["[server]\nsokcet = '/x'", /unknown key "server.sokcet": did you mean "socket"\?/],
    ["[servre]", /unknown key "servre": did you mean "server"\?/],
    ["[log]\nzzzzzzzzzz = 1", /unknown key "log.zzzzzzzzzz": known are level, format/],
    ["[[tenant]]\nname='a'\nuids=[1]\nwieght=1", /unknown key "tenant.0.wieght": .*"weight"/],
    ["[server]\nsocket = 'x'", /server.socket: is no absolute path/],
    ["[server]\nhello_timeout = '2 fortnights'", /"2 fortnights" is no duration: .* ms, s/],
    ["[server]\nhello_timeout = '2h'", /"2h" is not between 10ms and 60000ms/],
    ["[server]\nsocket_mode = '0999'", /server.socket_mode: is no file mode/],
    ["[executor]\nheap = '16'", /executor.heap: "16" is no size/],
    [
      "[executor]\ncuda_driver = 'hard'",
      /cuda_driver: is neither "auto", "soft" nor an absolute path/,
    ],
    ["[executor]\nspares = -1", /executor.spares/],
    ["[executor]\ngl_driver = 'mesa'", /gl_driver: is neither "auto", "none" nor an absolute path/],
    ["[[tenant]]\nname='a'", /tenant "a" lists neither uids nor gids/],
    ["[[tenant]]\nname='a'\nuids=[4294967295]", /tenant.0.uids.0/],
    ["[[tenant]]\nname='a b'\nuids=[1]", /tenant.0.name: is no name/],
    ["[[tenant]]\nname='a'\nuids=[1]\n[[tenant]]\nname='a'\nuids=[2]", /tenant "a" is there twice/],
    [
      "[[tenant]]\nname='a'\nuids=[1]\nweight=3\nmax_weight=2",
      /max_weight 2 is less than weight 3/,
    ],
    ["[server\n", /host.toml:1:8: /],
  ])("%j is refused by name", (text, error) => {
    expect(() => read(text)).toThrow(error);
  });

  test("all that is wrong is told at once", () => {
    expect(() => read("[log]\nlevel = 'loud'\n[executor]\nspares = 'x'")).toThrow(
      /log.level.*\n.*executor.spares/,
    );
  });
});

describe("addresses", () => {
  test.each([
    [{ env: { GPUFERRY_HOST: "unix:/a/b.sock" } }, "/a/b.sock"],
    [{ env: { GPUFERRY_HOST: "/a/b.sock", XDG_RUNTIME_DIR: "/r" } }, "/a/b.sock"],
    [{ uid: 0, writable: () => true, env: {} }, "/run/gpuferry/host.sock"],
    [{ uid: 0, env: { XDG_RUNTIME_DIR: "/r" } }, "/r/gpuferry/host.sock"],
    [{ env: { XDG_RUNTIME_DIR: "/r" } }, "/r/gpuferry/host.sock"],
    [{}, "/tmp/gpuferry-1000/host.sock"],
  ])("%j → %s", (over, path) => expect(defaultSocket({ ...around, ...over })).toBe(path));

  test("what is no address is named", () => {
    expect(() => parseHost("tcp:1.2.3.4")).toThrow(/"tcp:1.2.3.4"/);
    expect(adminSocketOf("/a/b.sock")).toBe("/a/admin.sock");
  });
});

test.each([
  ["weigth", ["weight", "name"], "weight"],
  ["max_session", ["max_sessions", "max_weight"], "max_sessions"],
  ["qqqqqq", ["weight"], undefined],
])("nearest to %s in %j is %s", (word, known, found) => expect(nearest(word, known)).toBe(found));

describe("the documentation", () => {
  const page = (name: string) => readFileSync(`${findLayout().root}/docs/${name}`, "utf8");

  test("has every key in its section, and no other", () => {
    const sections = page("configuration.md").split(/^## /m);
    for (const [section, keys] of Object.entries(knownKeys)) {
      if (section === "") continue;
      const text = sections.find((part) => /^`\[+(\w+)\]+`/.exec(part)?.[1] === section) ?? "";
      const documented = [...text.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
      expect(documented, section).toEqual(keys);
    }
  });

  test("has every exit code", () => {
    const text = page("cli.md");
    for (const [code, { exitCode }] of Object.entries(errorTable)) {
      expect(text, code).toContain(`\`${code}\``);
      if (exitCode > 1 && exitCode < 10)
        expect(text).toMatch(new RegExp(`^\\| ${exitCode} \\|`, "m"));
    }
  });
});
