/**
 * The house rules as data. A rule applies to the files that `files` matches and `except` does not;
 * it forbids references (where they lead), lines (what they say) or sizes.
 */
export interface Rule {
  readonly name: string;
  readonly why: string;
  readonly files: RegExp;
  readonly except?: RegExp;
  /** Targets that may not be referred to, unless `unless` matches them. */
  readonly forbidTarget?: RegExp;
  readonly unless?: RegExp;
  /** Text that no line may hold. */
  readonly forbidLine?: RegExp;
  readonly maxLines?: number;
}

const SOURCES = /\.(c|h|cc|cpp|hpp|cu|cuh|ts|sh|txt)$/;
const TESTS = /(^|\/)tests?\/|[._]test\.(ts|c|cc|cpp)$/;

export const RULES: readonly Rule[] = [
  {
    name: "shim-knows-no-host",
    why: "the shim is loaded into strangers' processes; it shares only protocol/ with the host",
    files: /^guest-shim\//,
    forbidTarget: /^(native|host-server)\//,
  },
  {
    name: "native-knows-no-shim",
    why: "host and guest agree through protocol/ alone, so that neither can trust the other's code",
    files: /^native\//,
    forbidTarget: /^(guest-shim|host-server)\//,
  },
  {
    name: "protocol-knows-nobody",
    why: "everyone includes protocol/, so it may lean on no room",
    files: /^protocol\//,
    except: /^protocol\/codegen\/goldens\//, // what is generated belongs to the rooms that build it
    forbidTarget: /^(guest-shim|native|host-server|benchmarks|test)\//,
  },
  {
    name: "driver-sees-jit-by-its-seam",
    why: "jit.h is the seam between the software device's halves; behind it the compiler is free to change",
    files: /^native\/softcuda\/driver\//,
    forbidTarget: /^native\/softcuda\/jit\//,
    unless: /^native\/softcuda\/jit\/jit\.h$/,
  },
  {
    name: "jit-sees-no-driver",
    why: "the compiler is given memory and services through jit.h; it knows nothing of streams or contexts",
    files: /^native\/softcuda\/jit\//,
    forbidTarget: /^native\/softcuda\/driver\//,
  },
  {
    name: "softcuda-is-a-driver",
    why: "the software device stands in for NVIDIA's library, so it may know of gpuferry no more than that does",
    files: /^native\/softcuda\//,
    forbidTarget: /^native\/(executor|ring|wire|backends|addon)\//,
    except: TESTS,
  },
  {
    name: "digest-knows-nobody",
    why: "the software device and the executor both stand on it, and may not meet there",
    files: /^native\/digest\//,
    forbidTarget: /./,
    unless: /^native\/digest\//,
  },
  {
    name: "executor-sees-no-softcuda",
    why: "the software device is reached as a libcuda.so.1 alone",
    files: /^native\/(executor|backends|ring|wire)\//,
    except: TESTS,
    forbidTarget: /^native\/softcuda\//,
  },
  {
    name: "one-importer-of-the-addon",
    why: "native resources have one owner: host-server/src/executor",
    files: /^(host-server|benchmarks)\//,
    except: /^host-server\/src\/executor\/|[._]test\.ts$/,
    forbidTarget: /(^native\/addon\/|\.node$|gpuferry_addon)/,
  },
  {
    name: "pure-rooms",
    why: "scheduling, admission, quota, accounting and placement are functions of their arguments; tests replay them",
    files: /^host-server\/src\/(scheduler|admission|quota|accounting|placement)\//,
    except: /[._]test\.ts$/,
    forbidTarget: /./,
    unless: /^host-server\/src\/(model|scheduler|admission|quota|accounting|placement)\//,
  },
  {
    name: "pure-rooms-have-no-clock",
    why: "time is an argument there, so that a test can replay it",
    files: /^host-server\/src\/(scheduler|admission|quota|accounting|placement)\//,
    except: /[._]test\.ts$/,
    forbidLine: /\b(Date\.now|performance\.now|new Date\(\)|setTimeout|setInterval|process\.)/,
  },
  {
    name: "model-imports-nothing",
    why: "ids, units and errors are what everybody else stands on",
    files: /^host-server\/src\/model\//,
    except: /[._]test\.ts$/,
    forbidTarget: /./,
    unless: /^host-server\/src\/model\//,
  },
  {
    name: "one-builder-of-services",
    why: "main.ts ties the services together; whoever else builds one has a second server",
    files: /^host-server\/src\//,
    except: /^host-server\/src\/main\.ts$|[._]test\.ts$/,
    forbidLine: /\bnew (Ledger|GrantLoop|ExecutorPool|Reception|SessionTable)\(/,
  },
  {
    name: "silent-on-stdout",
    why: "a guest's stdout belongs to the guest: one foreign line breaks whoever parses it",
    files: /^guest-shim\/src\//,
    // The courier brings what the guest's own kernels printed.
    except: new RegExp(`${TESTS.source}|^guest-shim/src/session/courier\\.[ch]$`),
    forbidLine: /(?<![a-z_])(printf|puts|putchar|vprintf)\s*\(|\bstdout\b(?![^/]*\*\/)(?=\s*[,)])/,
  },
  {
    name: "no-machine-paths",
    why: "a checkout must work on any machine",
    files: /./,
    except: /^package-lock\.json$/,
    forbidLine: /\/(work\/(main|wt|tmp|shared|steering|\.[a-z]+)|farm|root)\//,
  },
  {
    name: "nothing-left-for-later",
    why: "what is not done belongs in an issue, not in the source",
    files: SOURCES,
    except: /^tools\/rules\//,
    forbidLine: /\b(TODO|FIXME|XXX|HACK)\b/,
  },
  {
    name: "no-skipped-tests",
    why: "a test that never runs proves nothing",
    files: /[._]test\.ts$/,
    except: /^tools\/rules\//,
    forbidLine: /\b(it|test|describe)\.(skip|todo|only)\b/,
  },
  {
    name: "small-files",
    why: "a file over 800 lines is several rooms in one",
    files: SOURCES,
    maxLines: 800,
  },
];
