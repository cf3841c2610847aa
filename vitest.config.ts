import { defineConfig } from "vitest/config";

// Two projects: `unit` stands beside the code and needs nothing built but codegen's output;
// `e2e` starts servers and guests, which would disturb each other on two cores, and so runs one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{protocol,host-server,benchmarks,tools}/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.test.ts"],
          globalSetup: ["test/lib/global-setup.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
