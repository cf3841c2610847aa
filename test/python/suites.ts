/** The test suites of public Python packages: what each needs from PyPI, and where its tests are then found. */
import { readdirSync } from "node:fs";
import path from "node:path";

export interface Suite {
  /** Requirements, all pinned: a suite's counts are comparable only with those of the same packages. */
  readonly packages: readonly string[];
  /** The package whose source archive holds the tests, where its wheel does not, and how pip is made to get it without building it. */
  readonly source?: {
    readonly requirement: string;
    readonly env: Readonly<Record<string, string>>;
  };
  /** Packages that are built here, with nvcc and the headers and libraries of the toolkit that `packages` hold. */
  readonly built?: readonly string[];
  /** Folders of tests; relative to what the source archive holds, or to the wheels' folder. */
  readonly tests: readonly string[];
  readonly except?: RegExp;
  /** pytest plugins of test/python. */
  readonly plugins?: readonly string[];
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  /** How many devices its tests want; 1 unless said. */
  readonly devices?: number;
  /** Folders of the wheels that a toolkit's installation would put on the loader's path. */
  readonly libraries?: readonly string[];
}

/** Where a suite lies once it has been got. */
export interface Place {
  readonly root: string;
  /** The wheels' folder, `site-packages`. */
  readonly wheels: string;
  readonly python: string;
  /** What the source archive holds; the wheels' folder where there is none. */
  readonly source: string;
}

const TOOLKIT = "cuda-toolkit[nvcc,cudart,cccl,nvrtc]==13.0.3";
const COMMON = [TOOLKIT, "pytest==9.2.0", "numpy==2.4.6"];
/** Later ones choose machine code by the device's capability. */
const CURAND_WITH_PTX = "nvidia-curand==10.4.0.35";

/** Where the toolkit's wheels are one folder, as an installation is. */
export const toolkitOf = ({ wheels }: Pick<Place, "wheels">) => path.join(wheels, "nvidia/cu13");

export const SUITES: Readonly<Record<string, Suite>> = {
  numba: {
    packages: [
      ...COMMON,
      "numba-cuda==0.30.4",
      "numba==0.68.1",
      "cuda-bindings==13.3.1",
      "cuda-core==1.2.2",
      "scipy==1.17.1",
      "cffi==2.1.1",
      "ml_dtypes==0.6.0",
      "psutil==7.2.2",
      "filecheck==1.0.6",
    ],
    tests: ["numba_cuda/numba/cuda/tests"],
    except: /\/(cudasim|benchmarks)\//, // of its simulator, which has no use for a device; measurements
    plugins: ["numba_suite"],
  },
  "cuda-python": {
    // The last version whose wheel holds its tests.
    packages: [
      "cuda-python==12.6.0",
      "numpy==1.26.4",
      "pytest==9.2.0",
      "pytest-benchmark==5.3.1",
      "nvidia-cuda-nvrtc-cu12==12.6.85",
      "nvidia-cuda-runtime-cu12==12.6.77",
    ],
    tests: ["cuda/tests"],
    libraries: ["nvidia/cuda_nvrtc/lib", "nvidia/cuda_runtime/lib"],
  },
  pycuda: {
    packages: [...COMMON, "cuda-toolkit[profiler]==13.0.3", CURAND_WITH_PTX],
    source: { requirement: "pycuda==2026.1", env: {} },
    built: ["pycuda==2026.1"],
    tests: ["test"],
    except: /\/undistributed\//, // measurements
    libraries: ["nvidia/cu13/lib"],
    env: (place) => ({
      CUDA_ROOT: toolkitOf(place),
      GPUFERRY_NVCC: path.join(toolkitOf(place), "bin/nvcc"),
      PATH: `${import.meta.dirname}:${process.env.PATH ?? ""}`,
      XDG_CACHE_HOME: path.join(place.root, "cache"),
    }),
  },
  cupy: {
    packages: [
      ...COMMON,
      "cuda-toolkit[cublas,cufft,cusolver,cusparse,nvjitlink]==13.0.3",
      "cupy-cuda13x==14.2.0",
      "scipy==1.17.1",
      CURAND_WITH_PTX,
    ],
    source: { requirement: "cupy==14.2.0", env: { CUPY_INSTALL_USE_STUB: "1" } },
    tests: [
      "core_tests",
      "creation_tests",
      "indexing_tests",
      "logic_tests",
      "manipulation_tests",
      "math_tests",
      "sorting_tests",
      "statistics_tests",
    ].map((folder) => `tests/cupy_tests/${folder}`),
    devices: 2, // tests that want a second one fail without, and are not skipped
    env: (place) => ({
      CUDA_PATH: toolkitOf(place),
      CUPY_CACHE_DIR: path.join(place.root, "kernels"),
      CUPY_COMPILE_WITH_PTX: "1",
    }),
  },
};

/** Every module of a suite's tests. */
export function modulesOf(suite: Suite, place: Place): string[] {
  return suite.tests
    .flatMap((folder) => {
      const from = path.join(place.source, folder);
      return readdirSync(from, { recursive: true, encoding: "utf8" }).map((name) =>
        path.join(from, name),
      );
    })
    .filter(
      (file) => /^test_.*\.py$/.test(path.basename(file)) && suite.except?.test(file) !== true,
    )
    .sort();
}
